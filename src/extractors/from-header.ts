import type { KeySource } from '../contracts/key-source.js';
import { fromBearer } from './from-bearer.js';
import { keySourceFrom } from './key-source-from.js';
import { onlyValue } from './only-value.js';
import { schemeFault, schemeValue } from './scheme-value.js';

/**
 * The key is the value of a header, or what follows a scheme in it.
 *
 * @param name the header's name, in any case
 * @param options `scheme`: the key is what follows this authentication scheme, in any case; a value without it is no
 *   key, and the `WWW-Authenticate` header of a 401 names it. `fromHeader('authorization', { scheme: 'Bearer' })` is
 *   {@link fromBearer}.
 * @example UnkeyModule.forRoot({ keyFrom: fromHeader('x-acme-key') })
 * @example UnkeyModule.forRoot({ keyFrom: fromHeader('authorization', { scheme: 'Api-Key' }) })
 */
export function fromHeader(name: string, { scheme }: { scheme?: string } = {}): KeySource {
  if (scheme === undefined) return keySourceFrom((places) => onlyValue(places.header(name)));
  const fault = schemeFault(scheme);
  // A key source is made while classes are defined; the error waits for the boot, which knows where the source is used.
  if (fault !== undefined) {
    return keySourceFrom(() => undefined, { fault: `fromHeader(${JSON.stringify(name)}): ${fault}` });
  }
  if (isBearer(name, scheme)) return fromBearer();
  const valueOf = schemeValue(scheme);
  return keySourceFrom((places) => valueOf(places.header(name)), { scheme });
}

function isBearer(name: string, scheme: string): boolean {
  return name.toLowerCase() === 'authorization' && scheme.toLowerCase() === 'bearer';
}
