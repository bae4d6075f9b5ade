import type { KeyPlaces } from '../../contracts/key-places.js';
import { headerValues } from '../http/header-values.js';
import { exactValue, namedValues } from '../named-values.js';
import { payloadValues } from '../payload-values.js';
import { HttpPlaces } from '../http/http-places.js';
import { property } from '../property.js';
import { textsOf } from '../text-of.js';
import { isSocketIo, upgradeRequestOf, type WsClient } from './ws-client.js';

/**
 * The places of a WebSocket message. On socket.io, a name is looked up in `handshake.auth` and in the headers of the
 * handshake; on `ws`, in the upgrade request. A name in both with different values can't be a key.
 */
export class WsPlaces implements KeyPlaces {
  readonly #client: WsClient;
  readonly #data: unknown;
  readonly #foundInPayload: ((key: string) => void) | undefined;

  /** @param foundInPayload called with every key that was read from the message's data */
  constructor(client: WsClient, data: unknown, foundInPayload?: (key: string) => void) {
    this.#client = client;
    this.#data = data;
    this.#foundInPayload = foundInPayload;
  }

  header(name: string): readonly string[] {
    if (!isSocketIo(this.#client)) return headerValues(upgradeRequestOf(this.#client), name);
    const headers = headerValues(this.#client.request ?? this.#client.handshake, name);
    return [...namedValues(this.#client.handshake?.auth, name), ...headers];
  }

  query(name: string): readonly string[] {
    if (isSocketIo(this.#client)) return own(this.#client.handshake?.query, name);
    return new HttpPlaces(upgradeRequestOf(this.#client)).query(name);
  }

  handshake(name: string): readonly string[] {
    return exactValue(this.#client.handshake?.auth, name);
  }

  payload(path: readonly string[]): readonly string[] {
    const values = payloadValues(this.#data, path);
    // Trimmed, as key sources return it.
    for (const value of values) this.#foundInPayload?.(value.trim());
    return values;
  }
}

function own(parent: unknown, name: string): readonly string[] {
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
    ? textsOf(property(parent, name))
    : [];
}
