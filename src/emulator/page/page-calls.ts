import type { Fault } from '../faults/fault.js';
import type { AnsweredCall } from '../transport/answered-call.js';

/** A call as the page keeps it. */
export interface PageCall {
  /** Increases with each call. */
  readonly id: number;
  readonly operation: string;
  readonly method: string;
  /** The path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly request: KeptText;
  /** The emulator's time in Unix ms. */
  readonly at: number;
  /** `undefined` if a fault took the place of the operation. */
  readonly status: number | undefined;
  readonly answer: KeptText;
  readonly ms: number;
  readonly fault: Fault | undefined;
}

/** The beginning of a body. */
export interface KeptText {
  readonly text: string;
  /** The length of the whole body in characters. */
  readonly length: number;
}

/** Few enough to be garbage before the collector moves them, so that keeping them costs little. */
const MAX_CALLS = 200;
/** How many lists that were shown keep their calls. */
const MAX_LISTS = 4;
/** Characters that are kept of one body. */
const MAX_TEXT = 16 * 1024;
/** Characters that are kept of all bodies. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** The latest calls and their responses. Their number and the total size of their bodies are bounded. */
export class PageCalls {
  readonly #calls: PageCall[] = [];
  readonly #listed: (readonly PageCall[])[] = [];
  #characters = 0;
  #count = 0;

  /** The calls that are kept, oldest first. */
  get kept(): readonly PageCall[] {
    return this.#calls;
  }

  find(id: number): PageCall | undefined {
    const [first] = this.#calls;
    const kept = first && this.#calls[id - first.id];
    return kept ?? this.#listed.flat().find((call) => call.id === id);
  }

  /** Keeps the calls of a list that is shown, so that they can be opened even if thousands have come in since. */
  list(calls: readonly PageCall[]): void {
    this.#listed.push(calls);
    if (this.#listed.length > MAX_LISTS) this.#listed.shift();
  }

  add({ operation, request, text, at, reply, ms, fault }: AnsweredCall): void {
    const { method = '', url = '', headers } = request;
    const call: PageCall = {
      id: ++this.#count,
      operation,
      method,
      url,
      authorization: headers.authorization,
      contentType: headers['content-type'],
      request: beginningOf(text),
      at,
      status: reply?.status,
      answer: beginningOf(reply?.body ?? ''),
      ms,
      fault,
    };
    this.#calls.push(call);
    this.#characters += sizeOf(call);
    while (this.#calls.length > MAX_CALLS || this.#characters > MAX_CHARACTERS) {
      const oldest = this.#calls.shift();
      if (!oldest) break;
      this.#characters -= sizeOf(oldest);
    }
  }

  clear(): void {
    this.#calls.length = 0;
    this.#listed.length = 0;
    this.#characters = 0;
  }
}

function sizeOf({ request, answer, url }: PageCall): number {
  return request.text.length + answer.text.length + url.length;
}

function beginningOf(text: string): KeptText {
  if (text.length <= MAX_TEXT) return { text, length: text.length };
  // A copy, because a slice would keep the whole text in memory.
  const copy = Buffer.from(text.slice(0, MAX_TEXT), 'utf16le').toString('utf16le');
  return { text: copy, length: text.length };
}
