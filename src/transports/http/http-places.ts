import type { KeyPlaces } from '../../contracts/key-places.js';
import { property } from '../property.js';
import { headerValues } from './header-values.js';

/** The places of an HTTP request, Express's or Fastify's. */
export class HttpPlaces implements KeyPlaces {
  readonly #request: unknown;

  constructor(request: unknown) {
    this.#request = request;
  }

  header(name: string): readonly string[] {
    return headerValues(this.#request, name);
  }

  query(name: string): readonly string[] {
    const query = property(this.#request, 'query');
    // Node's own request of an upgrade has no parsed query, only its URL.
    if (query === undefined) return queryOf(property(this.#request, 'url')).getAll(name);
    if (typeof query !== 'object' || query === null || !Object.hasOwn(query, name)) return [];
    const value = property(query, name);
    return (Array.isArray(value) ? value : [value]).map(asText);
  }
}

function queryOf(url: unknown): URLSearchParams {
  return new URLSearchParams(typeof url === 'string' ? /\?([^#]*)/.exec(url)?.[1] : undefined);
}

/** Some adapters parse `?key[a]=b` into an object. It is replaced by a text that can't be a key. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : 'not a text';
}
