/** What an element can contain. Text is always text, never HTML. */
export type Child = Node | string | undefined | false;

type Listener = (event: Event) => void;
type Property = string | number | boolean | undefined | Listener;

/** Creates an element. A function is the listener of the event with that name; `false` and `undefined` leave out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Readonly<Record<string, Property>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...present(children));
  return element;
}

/** The children that are there. */
export function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== undefined && child !== false);
}

/** The element with this id, which the page has. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element '${id}'.`);
  return element;
}

let ids = 0;

/** An id that no other element has. */
export function newId(prefix: string): string {
  return `${prefix}-${++ids}`;
}

/** Replaces the children of an element if `value` is not the one of the last time, so that nothing flickers. */
export function fill(element: HTMLElement, value: unknown, children: () => readonly Child[]): void {
  const signature = JSON.stringify(value);
  if (element.dataset['shown'] === signature) return;
  element.dataset['shown'] = signature;
  element.replaceChildren(...present(children()));
}
