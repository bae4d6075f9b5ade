import type { LimitRow, Tone } from '../page-state.js';
import { type Child, h } from './dom.js';
import { durationOf, grouped } from './format.js';
import { notice } from './notice.js';

/** A button. `act` names it within its row, so that it keeps the focus when the row is drawn again. */
export function button(
  label: Child,
  click: (event: Event) => void,
  { kind = 'quiet', act, title }: { kind?: string; act?: string; title?: string } = {},
): HTMLButtonElement {
  const properties = { type: 'button', class: `button ${kind}`, click, 'data-act': act, title };
  return h('button', properties, label);
}

/** A button that copies a text. */
export function copyButton(label: string, text: () => string, title?: string): HTMLButtonElement {
  const element = button(label, () => void copy(text(), element), { act: label });
  if (title !== undefined) element.setAttribute('aria-label', title);
  return element;
}

async function copy(text: string, opener: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Only pages on loopback or with TLS have a clipboard.
    copyBySelection(text, opener);
  }
  notice('Copied.');
}

function copyBySelection(text: string, opener: HTMLElement): void {
  const area = h('textarea', { class: 'offscreen', 'aria-hidden': 'true' });
  area.value = text;
  // Beside the button, because everything outside of an open dialog is inert.
  opener.after(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  opener.focus();
}

/** A word with a color, for a state or a result. */
export function badge(text: string, tone: Tone | 'neutral'): HTMLElement {
  return h('span', { class: `badge ${tone}` }, text);
}

/** Short texts in a row, for permissions and roles. */
export function tags(texts: readonly string[], none = '–'): HTMLElement {
  if (texts.length === 0) return h('span', { class: 'muted' }, none);
  return h('ul', { class: 'tags' }, ...texts.map((text) => h('li', {}, text)));
}

/** A text in the font of code. */
export function code(text: string): HTMLElement {
  return h('code', {}, text);
}

/** A named block of code, which can be scrolled with the keyboard. */
export function block(title: string, text: string): HTMLElement {
  return h(
    'section',
    { class: 'block', 'aria-label': title },
    h('h3', {}, title),
    h('pre', { tabindex: '0', 'aria-label': title }, text === '' ? 'empty' : text),
  );
}

/** Pairs of a name and a value. */
export function facts(pairs: readonly (readonly [name: string, value: Child])[]): HTMLElement {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== false && value !== '');
  return h(
    'dl',
    { class: 'facts' },
    ...shown.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

/** Limits as a list of sentences. */
export function limits(rows: readonly LimitRow[]): Child {
  if (rows.length === 0) return undefined;
  const text = ({ name, limit, duration, autoApply }: LimitRow): string =>
    `${name}: ${grouped(limit)} per ${durationOf(duration)}${autoApply ? ', every call' : ''}`;
  return h('ul', { class: 'plain' }, ...rows.map((row) => h('li', {}, text(row))));
}
