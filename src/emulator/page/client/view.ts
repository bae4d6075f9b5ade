import type { ListName, PageState } from '../page-state.js';

/** A section of the page. */
export interface View {
  /** The last part of its address, for example `keys`. */
  readonly name: string;
  readonly title: string;
  readonly element: HTMLElement;
  /** The list that it shows; `undefined` if it needs only the overview, or keeps the rows that it has. */
  readonly list: () => ListName | undefined;
  /** What it requests of the list. */
  readonly query: () => Readonly<Record<string, string>>;
  show(state: PageState): void;
}

/** What views use of the page. */
export interface PageContext {
  /** Fetches the state as soon as possible. */
  refresh(): void;
  /** Shows a new key or root key once, until it is dismissed. */
  reveal(secret: Secret): void;
  /** The latest state. */
  state(): PageState | undefined;
}

/** A key that is shown in full once. */
export interface Secret {
  readonly title: string;
  readonly text: string;
  /** More to copy: the label of a button and what it copies. */
  readonly command?: readonly [label: string, text: string];
}
