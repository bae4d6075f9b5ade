import type { KeyPlaces } from '../../contracts/key-places.js';
import { property } from '../property.js';
import { payloadValues } from '../payload-values.js';
import { incomingStreamOf, streamCallOf } from './grpc.js';
import { headerValues } from './rpc-headers.js';

/** The places of an RPC message: its headers and its data. */
export class RpcPlaces implements KeyPlaces {
  readonly #args: readonly unknown[];

  constructor(args: readonly unknown[]) {
    this.#args = args;
  }

  header(name: string): readonly string[] {
    // `fromCookie` reads this header, but cookies only exist in browsers.
    return name.toLowerCase() === 'cookie' ? [] : headerValues(this.#args, name);
  }

  query(): readonly string[] {
    return [];
  }

  payload(path: readonly string[]): readonly string[] {
    return isStream(this.#args) ? [] : payloadValues(this.#args[0], path);
  }
}

/** A stream has no data when the guard runs. */
function isStream(args: readonly unknown[]): boolean {
  return (
    streamCallOf(args) !== undefined ||
    incomingStreamOf(args) !== undefined ||
    typeof property(args[0], 'subscribe') === 'function'
  );
}
