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

/**
 * The state that stands on a request, or a new one. It stands on the raw request too, where there is one, since
 * that is what middleware sees.
 */
export function stateOn(request: object, raw?: object): RequestState {
  // Asked several times a request: once it stands on the one it stands on the other.
  const known = readState(request);
  if (known !== undefined) return known;
  const state = (raw === undefined ? undefined : readState(raw)) ?? new SharedState();
  Object.defineProperty(request, STATE, { value: state });
  if (raw !== undefined && readState(raw) === undefined) Object.defineProperty(raw, STATE, { value: state });
  return state;
}

/** The state that a guard left on this object, if one did. */
export function readState(carrier: object): RequestState | undefined {
  return Reflect.get(carrier, STATE) as RequestState | undefined;
}
