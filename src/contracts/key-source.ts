import type { ExecutionContext } from '@nestjs/common';
import type { KeyPlaces } from './key-places.js';

/** Reads the key from one place of a request. Returns `undefined` if there is none. */
export interface KeySource {
  (context: ExecutionContext): string | undefined;
  /** The authentication scheme that the `WWW-Authenticate` header names for this source; `ApiKey` unless given. */
  readonly scheme?: string;
  /** @internal the same, for a caller that already has the request's places */
  readonly read?: (places: KeyPlaces) => string | undefined;
  /** @internal what is wrong with how the source was made; stops the app at startup */
  readonly fault?: string;
}
