import type { KeySource } from '../contracts/key-source.js';
import { fromBearer } from './from-bearer.js';
import { keySourceFrom } from './key-source-from.js';
import { onlyValue } from './only-value.js';
import { schemeFault, schemeValue } from './scheme-value.js';

/**
 * Reads the key from a header: its whole value, or the part after an authentication scheme.
 *
 * @param name the name of the header, case-insensitive
 * @param options `scheme`: the case-insensitive authentication scheme in front of the key. A value without it is
 *   ignored. The `WWW-Authenticate` header of a 401 names the scheme. `fromHeader('authorization', { scheme: 'Bearer' })`
 *   is the same as {@link fromBearer}.
 * @example UnkeyModule.forRoot({ keyFrom: fromHeader('x-acme-key') })
 * @example UnkeyModule.forRoot({ keyFrom: fromHeader('authorization', { scheme: 'Api-Key' }) })
 */
export function fromHeader(name: string, { scheme }: { scheme?: string } = {}): KeySource {
  if (scheme === undefined) {
    return keySourceFrom((places) => onlyValue(places.header(name)), {
      openapi: { type: 'apiKey', in: 'header', name },
    });
  }
  const fault = schemeFault(scheme);
  // A key source is made while classes are defined. The error is thrown at startup, when it is known where it is used.
  if (fault !== undefined) {
    return keySourceFrom(() => undefined, { fault: `fromHeader(${JSON.stringify(name)}): ${fault}` });
  }
  if (isBearer(name, scheme)) return fromBearer();
  const valueOf = schemeValue(scheme);
  return keySourceFrom((places) => valueOf(places.header(name)), {
    scheme,
    // Not `type: 'http'`: tools know the schemes `basic` and `bearer` alone.
    openapi: { type: 'apiKey', in: 'header', name, description: `\`${scheme}\`, a space and the API key.` },
  });
}

function isBearer(name: string, scheme: string): boolean {
  return name.toLowerCase() === 'authorization' && scheme.toLowerCase() === 'bearer';
}
