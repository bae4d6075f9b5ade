import type { KeySource } from '../contracts/key-source.js';
import { keySourceFrom } from './key-source-from.js';
import { isAmbiguous, onlyValue } from './only-value.js';

const BEARER = /^bearer(?:\s+(.*))?$/i;

/**
 * Reads the key from `Authorization: Bearer …` (RFC 6750). The scheme is case-insensitive; other schemes are ignored.
 *
 * @example UnkeyModule.forRoot({ keyFrom: [fromBearer(), fromCookie('session_key')] })
 */
export function fromBearer(): KeySource {
  return keySourceFrom(
    (places) => {
      const headers = places.header('authorization');
      const header = onlyValue(headers);
      if (header === undefined) return undefined;
      // Several different headers are refused whatever their schemes are.
      if (isAmbiguous(headers)) return header;
      return BEARER.exec(header)?.[1]?.trim() || undefined;
    },
    { scheme: 'Bearer' },
  );
}
