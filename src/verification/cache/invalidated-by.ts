import type { Invalidated } from './verification-cache.js';

/** Calls that change nothing that a verification depends on. */
const HARMLESS =
  /^(?:keys\.(?:verifyKey|getKey|whoami|createKey)|(?:apis|identities|permissions)\.(?:get|list)\w*|ratelimit\.\w+|analytics\.\w+)$/;

/**
 * What a call of Unkey's API makes invalid: the key that it names, or everything, since roles, permissions,
 * identities and APIs stand behind many keys.
 *
 * @param path of the URL, for example `/v2/keys.updateKey`
 * @param body as text
 */
export function invalidatedBy(path: string, body: string): Invalidated | undefined {
  const operation = /\/v2\/([^/]+)$/.exec(path)?.[1];
  if (operation === undefined || HARMLESS.test(operation)) return undefined;
  const keyId = operation.startsWith('keys.') ? keyIdIn(body) : undefined;
  return keyId === undefined ? 'everything' : { keyId };
}

function keyIdIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const keyId: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, 'keyId') : undefined;
    return typeof keyId === 'string' ? keyId : undefined;
  } catch {
    return undefined;
  }
}
