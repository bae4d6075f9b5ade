import { attempt } from './notice.js';
import { control } from './server.js';
import type { PageContext } from './view.js';

/** Changes faults or the clock, and says so. */
export async function act(name: string, body: object, done: string, context: PageContext): Promise<void> {
  if (await attempt(() => control(name, body), done)) context.refresh();
}
