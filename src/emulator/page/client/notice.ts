import { byId, h } from './dom.js';

const SHOWN_FOR = 6000;

/** Shows a short message, which screen readers read out. */
export function notice(text: string, tone: 'ok' | 'bad' = 'ok'): void {
  const toast = h('p', { class: `toast ${tone}` }, text);
  const toasts = byId('toasts');
  toasts.append(toast);
  while (toasts.childElementCount > 3) toasts.firstElementChild?.remove();
  setTimeout(() => toast.remove(), SHOWN_FOR);
}

/** Runs an action and shows why it failed, if it does. */
export async function attempt(action: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await action();
  } catch (error) {
    notice(error instanceof Error ? error.message : String(error), 'bad');
    return false;
  }
  if (done !== undefined) notice(done);
  return true;
}
