import type { IncomingHttpHeaders } from 'node:http';

/** A recorded HTTP request. */
export interface RecordedCall {
  /** For example `keys.verifyKey`; the path if it is not an operation of Unkey. */
  readonly operation: string;
  /** The parsed JSON body; the text if it is not valid JSON; `undefined` without a body. */
  readonly body: unknown;
  /** As sent; names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The emulator's time in Unix ms. */
  readonly at: number;
}

interface Entry extends Omit<RecordedCall, 'body'> {
  readonly text: string;
  shown?: RecordedCall;
}

const MAX_CHARACTERS = 64 * 1024 * 1024;

/** The latest requests. Their number and the total size of their bodies are bounded. */
export class CallLog {
  readonly #entries: Entry[] = [];
  #characters = 0;

  /** @param limit how many are kept; 0 keeps none */
  constructor(readonly limit: number) {}

  /** The requests that are kept, oldest first. */
  get calls(): RecordedCall[] {
    return this.#entries.map((entry) => (entry.shown ??= show(entry)));
  }

  add(operation: string, text: string, headers: IncomingHttpHeaders, at: number): void {
    this.#entries.push({ operation, text, headers, at });
    this.#characters += text.length;
    while (this.#entries.length > this.limit || this.#characters > MAX_CHARACTERS) {
      this.#characters -= this.#entries.shift()?.text.length ?? this.#characters;
    }
  }

  clear(): void {
    this.#entries.length = 0;
    this.#characters = 0;
  }
}

// Parsed on demand, because most calls are never read.
function show({ operation, text, headers, at }: Entry): RecordedCall {
  return { operation, body: text === '' ? undefined : parsed(text), headers, at };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
