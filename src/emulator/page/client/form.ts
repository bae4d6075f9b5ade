import { type Child, h, newId } from './dom.js';
import { button } from './parts.js';

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly value?: string;
  /** Default: one line of text. */
  readonly kind?: 'text' | 'number' | 'area' | 'datetime-local';
  /** Makes it a list of choices. */
  readonly options?: readonly (readonly [value: string, label: string])[];
  readonly required?: boolean;
}

/** What the user typed, by the name of the field. */
export type Values = Readonly<Record<string, string>>;

interface FormOptions {
  readonly title: string;
  readonly lead?: string;
  readonly fields: readonly Field[];
  /** The text of the button. */
  readonly submit: string;
  readonly danger?: boolean;
  /** If it throws, the form stays open and shows the message. */
  readonly send: (values: Values) => Promise<void>;
}

/** Opens a form in a dialog. The browser keeps the focus in it, closes it with Escape and gives the focus back. */
export function openForm({ title, lead, fields, submit, danger, send }: FormOptions): void {
  const heading = newId('title');
  const error = h('p', { class: 'error', role: 'alert' });
  const accept = h('button', { type: 'submit', class: `button ${danger ? 'danger' : 'primary'}` }, submit);
  const controls = fields.map((field) => ({ field, control: controlOf(field) }));
  const form = h(
    'form',
    {
      class: fields.length > 5 ? 'long' : undefined,
      submit: (event) => {
        event.preventDefault();
        const values = Object.fromEntries(controls.map(({ field, control }) => [field.name, control.value]));
        void deliver(values);
      },
    },
    h('h2', { id: heading }, title),
    lead !== undefined && h('p', { class: 'lead' }, lead),
    ...controls.map(({ field, control }) => labelled(field, control)),
    error,
    h(
      'div',
      { class: 'buttons' },
      button('Cancel', () => dialog.close()),
      accept,
    ),
  );
  const dialog = h('dialog', { 'aria-labelledby': heading, close: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();

  async function deliver(values: Values): Promise<void> {
    accept.disabled = true;
    error.textContent = '';
    try {
      await send(values);
      dialog.close();
    } catch (reason) {
      error.textContent = reason instanceof Error ? reason.message : String(reason);
    }
    accept.disabled = false;
  }
}

/** Confirms before something is deleted. */
export function openConfirmation(
  title: string,
  lead: string,
  submit: string,
  send: () => Promise<unknown>,
): void {
  openForm({ title, lead, fields: [], submit, danger: true, send: async () => void (await send()) });
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function controlOf({ name, kind = 'text', options, value = '', required }: Field): Control {
  const properties = { name, id: newId(name), required, autocomplete: 'off', spellcheck: 'false' };
  let control: Control;
  if (options) {
    control = h('select', properties, ...options.map(([one, text]) => h('option', { value: one }, text)));
  } else if (kind === 'area') {
    control = h('textarea', { ...properties, rows: 3 });
  } else {
    const step = kind === 'number' ? 'any' : kind === 'datetime-local' ? '1' : undefined;
    control = h('input', { ...properties, type: kind, step });
  }
  if (value !== '' || !options) control.value = value;
  return control;
}

function labelled({ label, hint }: Field, control: Control): Child {
  const id = newId('hint');
  if (hint !== undefined) control.setAttribute('aria-describedby', id);
  return h(
    'div',
    { class: 'field' },
    h('label', { for: control.id }, label),
    control,
    hint !== undefined && h('p', { class: 'hint', id }, hint),
  );
}
