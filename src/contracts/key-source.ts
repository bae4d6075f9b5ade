import type { ExecutionContext } from '@nestjs/common';
import type { KeyPlaces } from './key-places.js';

/** Reads the key from one place of a request. Returns `undefined` if there is none. */
export interface KeySource {
  (context: ExecutionContext): string | undefined;
  /** The authentication scheme that a challenge names for this source; `ApiKey` unless given. */
  readonly scheme?: 'Bearer' | 'ApiKey';
  /** @internal the same, for a caller that has the request's places already */
  readonly read?: (places: KeyPlaces) => string | undefined;
}
