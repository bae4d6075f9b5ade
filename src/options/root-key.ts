import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const REDACTED = '[root key]';

/** Holds the root key so that it is never printed: not by `util.inspect`, not in JSON, not in a template string. */
export class RootKey {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Returns the root key in plain text. Call it only where the key is sent to Unkey. */
  reveal(): string {
    return this.#value;
  }

  /** Whether a string is this root key. Takes the same time for every string of the root key's length. */
  equals(text: string): boolean {
    // Nearly every string differs in length, and the length is not secret.
    if (text.length !== this.#value.length) return false;
    const [given, own] = [Buffer.from(text), Buffer.from(this.#value)];
    return given.length === own.length && timingSafeEqual(given, own);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
