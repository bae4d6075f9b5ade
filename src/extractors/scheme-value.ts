import { isAmbiguous, onlyValue } from './only-value.js';

/** A scheme is a token of RFC 9110: without spaces and separators. */
const SCHEME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Makes a function that returns the part of a header after an authentication scheme; `undefined` for another scheme. If
 * several headers differ, it returns them joined, so that they are rejected regardless of their schemes.
 */
export function schemeValue(scheme: string): (headers: readonly string[]) => string | undefined {
  const pattern = new RegExp(`^${scheme.replace(/[^\w]/g, '\\$&')}(?:\\s+(.*))?$`, 'i');
  return (headers) => {
    const header = onlyValue(headers);
    if (header === undefined || isAmbiguous(headers)) return header;
    return pattern.exec(header)?.[1]?.trim() || undefined;
  };
}

/** Returns what is wrong with a scheme, or `undefined`. */
export function schemeFault(scheme: unknown): string | undefined {
  if (typeof scheme === 'string' && SCHEME.test(scheme)) return undefined;
  return `"scheme" must be the name of an authentication scheme without spaces, such as 'Api-Key', got ${JSON.stringify(scheme) ?? typeof scheme}`;
}
