import type { RequestState } from '../contracts/request-state.js';
import type { VerifiedKey } from '../contracts/verified-key.js';

const STATE = Symbol.for('nestjs-unkey:request');

/** What the guards of one request share, kept in private fields so that printing a request shows none of it. */
class SharedState implements RequestState {
  decided = false;
  key: VerifiedKey | undefined;
  readonly #results = new Map<object | string, unknown>();

  once<T>(id: object | string, compute: () => T): T {
    if (this.#results.has(id)) return this.#results.get(id) as T;
    const result = compute();
    this.#results.set(id, result);
    return result;
  }
}

/** The state that stands on one of these objects, or a new one, put on all of them. */
export function stateOn(...carriers: object[]): RequestState {
  const existing = carriers.map(readState).find((state) => state !== undefined);
  const state = existing ?? new SharedState();
  for (const carrier of carriers) {
    if (readState(carrier) === undefined) Object.defineProperty(carrier, STATE, { value: state });
  }
  return state;
}

/** The state that a guard left on this object, if one did. */
export function readState(carrier: object): RequestState | undefined {
  return Reflect.get(carrier, STATE) as RequestState | undefined;
}
