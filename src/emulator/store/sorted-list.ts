const BLOCK = 256;

/** One page of a list, and the start of the next one. */
export interface Page<Row> {
  rows: Row[];
  cursor: string | undefined;
}

/** Rows sorted by id. They are stored in blocks, so that adding a row and reading a page stay fast in a long list. */
export class SortedList<Row extends { readonly id: string }> {
  #blocks: Row[][] = [[]];
  #size = 0;

  /** The number of rows. */
  get size(): number {
    return this.#size;
  }

  add(row: Row): void {
    const at = this.#blockFor(row.id);
    const block = this.#blocks[at] ?? [];
    block.splice(lowerBound(block, row.id), 0, row);
    this.#size++;
    if (block.length > 2 * BLOCK) this.#blocks.splice(at, 1, block.slice(0, BLOCK), block.slice(BLOCK));
  }

  remove(row: Row): void {
    const at = this.#blockFor(row.id);
    const block = this.#blocks[at] ?? [];
    const index = lowerBound(block, row.id);
    if (block[index] !== row) return;
    block.splice(index, 1);
    this.#size--;
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(at, 1);
  }

  /**
   * The first `limit` matching rows with an id at or after `cursor`, which may be any text.
   *
   * @returns the rows, and the id of the first row of the next page, if there is one
   */
  page(limit: number, cursor = '', matches: (row: Row) => boolean = () => true): Page<Row> {
    const rows: Row[] = [];
    let start = this.#blockFor(cursor);
    let index = lowerBound(this.#blocks[start] ?? [], cursor);
    for (; start < this.#blocks.length; start++, index = 0) {
      const block = this.#blocks[start] ?? [];
      for (; index < block.length; index++) {
        const row = block[index];
        if (row === undefined || !matches(row)) continue;
        if (rows.length === limit) return { rows, cursor: row.id };
        rows.push(row);
      }
    }
    return { rows, cursor: undefined };
  }

  /** The last block whose first row is not after `id`. */
  #blockFor(id: string): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#blocks[middle]?.[0]?.id ?? '') <= id) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowerBound(rows: readonly { readonly id: string }[], id: string): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.id ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
