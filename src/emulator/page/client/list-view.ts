import type { ListName, ListPage, PageState, Rows } from '../page-state.js';
import { type Child, fill, h, newId } from './dom.js';
import { grouped } from './format.js';
import { button } from './parts.js';
import { type Column, Table } from './table.js';
import type { PageContext, View } from './view.js';

/** What a list shows and does. */
export interface ListOptions<Name extends ListName> {
  readonly name: Name;
  readonly title: string;
  readonly lead: string;
  readonly searchLabel: string;
  readonly columns: readonly Column<Rows[Name]>[];
  readonly idOf: (row: Rows[Name]) => string;
  /** The accessible name of a row. */
  readonly nameOf: (row: Rows[Name]) => string;
  readonly details: (row: Rows[Name]) => Child | Promise<Child>;
  /** Buttons and filters beside the search box. */
  readonly tools?: readonly HTMLElement[];
  /** What the filters request. */
  readonly filters?: () => Readonly<Record<string, string>>;
  /** What the list shows if there is nothing. */
  readonly empty: string;
  /** Called when a row was opened. */
  readonly opened?: () => void;
  /** Called with each state. */
  readonly shown?: (state: PageState) => void;
}

/** A list with a search box, pages, and rows that can be opened. */
export class ListView<Name extends ListName> implements View {
  readonly name: Name;
  readonly title: string;
  readonly element: HTMLElement;
  /** Whether the rows stay as they are. */
  paused = false;
  #offset = 0;
  #newest: number | undefined;
  /** Whether the rows are needed although the list is paused, because the user has requested others. */
  #asked = false;
  readonly #search: HTMLInputElement;
  readonly #table: Table<Rows[Name]>;
  readonly #pager = h('div', { class: 'pager' });
  readonly #empty = h('p', { class: 'empty' });

  constructor(
    private readonly options: ListOptions<Name>,
    private readonly context: PageContext,
  ) {
    const { name, title, lead, searchLabel, tools = [] } = options;
    this.name = name;
    this.title = title;
    this.#table = new Table({ caption: title, ...options });
    const id = newId('search');
    this.#search = h('input', {
      id,
      type: 'search',
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: searchLabel,
      input: () => this.restart(),
    });
    this.element = h(
      'section',
      { class: 'view' },
      h('div', { class: 'head' }, h('h1', {}, title), h('p', { class: 'lead' }, lead)),
      h(
        'div',
        { class: 'tools' },
        h(
          'div',
          { class: 'search', role: 'search' },
          h('label', { for: id, class: 'hidden' }, searchLabel),
          this.#search,
        ),
        ...tools,
      ),
      h('div', { class: 'card' }, this.#table.element, this.#empty, this.#pager),
    );
  }

  list(): Name | undefined {
    return this.paused && !this.#asked ? undefined : this.name;
  }

  query(): Readonly<Record<string, string>> {
    return {
      search: this.#search.value,
      offset: String(this.#offset),
      ...(this.#offset > 0 && this.#newest !== undefined && { newest: String(this.#newest) }),
      ...this.options.filters?.(),
    };
  }

  /** Shows the first page of the current filters. */
  restart(): void {
    this.#turn(0);
  }

  show(state: PageState<Name>): void {
    this.options.shown?.(state);
    const { list } = state;
    // While the list is paused, the response to an earlier request may still arrive.
    if (!list || (this.paused && !this.#asked)) return;
    this.#asked = false;
    this.#offset = list.offset;
    if (this.#offset === 0) this.#newest = list.newest;
    this.#table.show(list.rows);
    this.#table.element.hidden = list.total === 0;
    this.#empty.hidden = list.total > 0;
    const isSearch = this.#search.value !== '';
    this.#empty.textContent = isSearch ? `Nothing matches '${this.#search.value}'.` : this.options.empty;
    this.#showPager(list);
  }

  #showPager({ offset, total, size, rows }: ListPage<Rows[Name]>): void {
    const { length } = rows;
    fill(this.#pager, { offset, total, length }, () => {
      if (total === 0) return [];
      const range = `${grouped(offset + 1)}–${grouped(offset + length)} of ${grouped(total)}`;
      const turn = (label: string, to: number, enabled: boolean): HTMLElement => {
        const element = button(label, () => this.#turn(to), { act: label });
        element.disabled = !enabled;
        return element;
      };
      return [
        h('p', {}, range),
        total > size && turn('Newer', Math.max(0, offset - size), offset > 0),
        total > size && turn('Older', offset + size, offset + size < total),
      ];
    });
  }

  #turn(offset: number): void {
    this.#offset = offset;
    this.#asked = true;
    this.context.refresh();
  }
}
