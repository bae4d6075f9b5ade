import type { ExecutionContext } from '@nestjs/common';
import type { KeyPlaces } from './key-places.js';

/** Where a key may stand in a request; `undefined` where there is none. */
export interface KeySource {
  (context: ExecutionContext): string | undefined;
  /** The authentication scheme that the `WWW-Authenticate` header names for this source; `ApiKey` unless given. */
  readonly scheme?: string;
  /** @internal the same, for a caller that has the request's places already */
  readonly read?: (places: KeyPlaces) => string | undefined;
  /** @internal what is wrong with how the source was made; stops the app at startup */
  readonly fault?: string;
}
