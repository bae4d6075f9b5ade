import type { KeyPlaces } from '../../contracts/key-places.js';
import { HttpPlaces } from '../http/http-places.js';
import { exactValue, namedValues } from '../named-values.js';
import type { OperationRequest } from './operation-request.js';

/** The places of a GraphQL operation: `connectionParams`, then the HTTP request or the upgrade request of the socket. */
export class GraphqlPlaces implements KeyPlaces {
  readonly #connectionParams: unknown;
  readonly #http: HttpPlaces;

  constructor({ request, connectionParams }: OperationRequest) {
    this.#connectionParams = connectionParams;
    this.#http = new HttpPlaces(request);
  }

  header(name: string): readonly string[] {
    return [...namedValues(this.#connectionParams, name), ...this.#http.header(name)];
  }

  query(name: string): readonly string[] {
    return [...namedValues(this.#connectionParams, name), ...this.#http.query(name)];
  }

  handshake(name: string): readonly string[] {
    return exactValue(this.#connectionParams, name);
  }
}
