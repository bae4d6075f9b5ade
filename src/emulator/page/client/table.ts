import { type Child, h, newId, present } from './dom.js';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Child;
  /** Whether the column holds numbers. */
  readonly numeric?: boolean;
}

/** What a table shows. */
export interface TableOptions<Row> {
  /** Read out by screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  /** Identifies a row. */
  readonly idOf: (row: Row) => string;
  /** The accessible name of the button that opens a row. */
  readonly nameOf: (row: Row) => string;
  /** What an open row shows below its cells. */
  readonly details: (row: Row) => Child | Promise<Child>;
  /** Called when a row was opened. */
  readonly opened?: () => void;
}

interface Drawn {
  readonly signature: string;
  readonly body: HTMLTableSectionElement;
}

/**
 * A table whose rows can be opened. A row is drawn again only if it has changed, so that the focus, a selected text and
 * the scroll position stay where they are while calls come in.
 */
export class Table<Row> {
  readonly element: HTMLTableElement;
  #drawn = new Map<string, Drawn>();
  readonly #open = new Set<string>();

  constructor(private readonly options: TableOptions<Row>) {
    const { caption, columns } = options;
    // The roles are stated, because on narrow screens the style sheet shows rows as cards.
    this.element = h(
      'table',
      { role: 'table' },
      h('caption', { class: 'hidden' }, caption),
      h(
        'thead',
        { role: 'rowgroup' },
        h(
          'tr',
          { role: 'row' },
          ...columns.map(({ title, numeric }) =>
            h('th', { scope: 'col', role: 'columnheader', class: numeric ? 'numeric' : undefined }, title),
          ),
        ),
      ),
    );
  }

  show(rows: readonly Row[]): void {
    const before = this.#drawn;
    this.#drawn = new Map();
    for (const row of rows) {
      const id = this.options.idOf(row);
      const signature = JSON.stringify(row);
      const known = before.get(id);
      this.#drawn.set(id, known?.signature === signature ? known : this.#replace(id, row, signature, known));
    }
    for (const [id, { body }] of before) if (this.#drawn.get(id)?.body !== body) body.remove();
    let next = this.element.tHead?.nextElementSibling ?? null;
    for (const { body } of this.#drawn.values()) {
      if (body === next) next = next.nextElementSibling;
      else this.element.insertBefore(body, next);
    }
  }

  #replace(id: string, row: Row, signature: string, known: Drawn | undefined): Drawn {
    const body = this.#body(id, row);
    if (known) {
      const focused = document.activeElement;
      const act = known.body.contains(focused) ? focused?.getAttribute('data-act') : undefined;
      known.body.replaceWith(body);
      if (act) body.querySelector<HTMLElement>(`[data-act="${CSS.escape(act)}"]`)?.focus();
    }
    return { signature, body };
  }

  #body(id: string, row: Row): HTMLTableSectionElement {
    const { columns, nameOf } = this.options;
    const detailsId = newId('details');
    const [first, ...others] = columns;
    const toggle = h(
      'button',
      { type: 'button', class: 'toggle', 'aria-controls': detailsId, 'data-act': 'toggle' },
      h('span', { class: 'hidden' }, nameOf(row)),
    );
    const cells = [
      h('td', { role: 'cell' }, h('div', { class: 'first' }, toggle, h('div', {}, first?.cell(row)))),
      ...others.map(({ title, cell, numeric }) =>
        h('td', { role: 'cell', 'data-title': title, class: numeric ? 'numeric' : undefined }, cell(row)),
      ),
    ];
    const place = h('td', { role: 'cell', colspan: columns.length });
    const details = h('tr', { role: 'row', class: 'details', id: detailsId }, place);
    const line = h('tr', { role: 'row', class: 'line' }, ...cells);
    const body = h('tbody', { role: 'rowgroup' }, line, details);
    const draw = (): void => {
      const open = this.#open.has(id);
      toggle.setAttribute('aria-expanded', String(open));
      body.classList.toggle('open', open);
      details.hidden = !open;
      if (open) void this.#fill(place, row);
    };
    line.addEventListener('click', (event) => {
      // A click beside the buttons opens the row, unless it ends a selection of text.
      const target = event.target instanceof Element ? event.target.closest('button') : null;
      if ((target !== null && target !== toggle) || String(getSelection()) !== '') return;
      if (!this.#open.delete(id)) {
        this.#open.add(id);
        this.options.opened?.();
      }
      draw();
    });
    draw();
    return body;
  }

  async #fill(place: HTMLElement, row: Row): Promise<void> {
    const made = this.options.details(row);
    try {
      place.replaceChildren(...present([made instanceof Promise ? await made : made]));
    } catch (error) {
      place.replaceChildren(error instanceof Error ? error.message : String(error));
    }
  }
}
