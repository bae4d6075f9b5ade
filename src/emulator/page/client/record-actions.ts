import { type Child, h } from './dom.js';
import { openConfirmation } from './form.js';
import { button, facts } from './parts.js';
import { runOperation } from './server.js';
import type { PageContext } from './view.js';

/** Runs an operation and shows what it changed. */
export async function change(operation: string, body: object, context: PageContext): Promise<void> {
  await runOperation(operation, body);
  context.refresh();
}

/** An open row: facts, then buttons. */
export function opened(pairs: Parameters<typeof facts>[0], ...actions: readonly Child[]): HTMLElement {
  return h('div', { class: 'opened' }, facts(pairs), h('div', { class: 'row' }, ...actions));
}

/** A button that deletes after a confirmation. */
export function deleteButton(
  label: string,
  lead: string,
  operation: string,
  body: object,
  context: PageContext,
): HTMLElement {
  const ask = (): void => openConfirmation(label, lead, label, () => change(operation, body, context));
  return button(label, ask, { kind: 'quiet bad', act: label });
}
