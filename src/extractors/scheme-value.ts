import { isAmbiguous, onlyValue } from './only-value.js';

/** A scheme of RFC 9110 is a token: no blanks, no separators. */
const SCHEME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Makes a function that returns what follows an authentication scheme in a header. Another scheme holds no key. Several
 * different headers are returned as they are, to be refused whatever their schemes are.
 */
export function schemeValue(scheme: string): (headers: readonly string[]) => string | undefined {
  const pattern = new RegExp(`^${scheme.replace(/[^\w]/g, '\\$&')}(?:\\s+(.*))?$`, 'i');
  return (headers) => {
    const header = onlyValue(headers);
    if (header === undefined || isAmbiguous(headers)) return header;
    return pattern.exec(header)?.[1]?.trim() || undefined;
  };
}

/** What is wrong with a scheme, or `undefined`. */
export function schemeFault(scheme: unknown): string | undefined {
  if (typeof scheme === 'string' && SCHEME.test(scheme)) return undefined;
  return `"scheme" must be the name of an authentication scheme without blanks, such as 'Api-Key', got ${JSON.stringify(scheme) ?? typeof scheme}`;
}
