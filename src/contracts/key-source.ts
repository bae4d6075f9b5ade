import type { ExecutionContext } from '@nestjs/common';
import type { KeyPlaces } from './key-places.js';
import type { SecuritySchemeObject } from './security-scheme.js';

/** Reads the key from one place of a request. Returns `undefined` if there is none. */
export interface KeySource {
  (context: ExecutionContext): string | undefined;
  /** The authentication scheme that the `WWW-Authenticate` header names for this source; `ApiKey` unless given. */
  readonly scheme?: string;
  /**
   * Describes this source in an OpenAPI document; see `describeUnkey()` of `nestjs-unkey/swagger`. The built-in sources of
   * HTTP requests have it. A source of your own without it is left out of the document.
   *
   * @example Object.assign(partnerKey, { openapi: { type: 'apiKey', in: 'header', name: 'x-partner' } })
   */
  readonly openapi?: SecuritySchemeObject;
  /** @internal the same, for a caller that already has the request's places */
  readonly read?: (places: KeyPlaces) => string | undefined;
  /** @internal what is wrong with how the source was made; stops the app at startup */
  readonly fault?: string;
}
