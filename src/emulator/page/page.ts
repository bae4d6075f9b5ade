import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnsweredCall } from '../transport/answered-call.js';
import type { PageRequests } from '../transport/emulator-server.js';
import { LiveUpdates } from './live-updates.js';
import { PageCalls } from './page-calls.js';
import type { EmulatorParts, PageParts } from './page-parts.js';

const PREFIX = '/_emulator/';

/**
 * The page about the emulator: `GET /` for browsers, and everything under `/_emulator/`. Until a browser requests it, it
 * only keeps the latest calls.
 */
export class Page implements PageRequests {
  readonly calls = new PageCalls();
  readonly live = new LiveUpdates();
  readonly #parts: PageParts;

  /** @param hosts names that `Host` may have, besides those of this machine */
  constructor(emulator: EmulatorParts, hosts: readonly string[]) {
    this.#parts = { emulator, calls: this.calls, live: this.live, hosts };
  }

  record(call: AnsweredCall): void {
    this.calls.add(call);
    this.live.notify();
  }

  owns({ method, url = '', headers: { accept } }: IncomingMessage): boolean {
    if (url.startsWith(PREFIX)) return true;
    return method === 'GET' && /^\/(?:\?|$)/.test(url) && acceptsHtml(accept);
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    import('./serve-page.js')
      .then(({ servePage }) => servePage(request, response, this.#parts))
      .catch((error: Error) => response.destroy(error));
  }
}

/** Browsers list `text/html`. Other clients, which accept anything, get what Unkey's server sends. */
function acceptsHtml(accept = ''): boolean {
  return accept.split(',').some((entry) => entry.split(';')[0]?.trim() === 'text/html');
}
