import type { InvalidationTarget } from './verification-cache.js';

/** Operations that do not change the result of a verification. */
const WITHOUT_EFFECT =
  /^(?:keys\.(?:verifyKey|getKey|whoami|createKey)|(?:apis|identities|permissions)\.(?:get|list)\w*|ratelimit\.\w+|analytics\.\w+)$/;

/**
 * Returns what a call of Unkey's API invalidates: the key that it names, or everything, since a role, a permission, an
 * identity or an API can affect many keys.
 *
 * @param path the path of the URL, for example `/v2/keys.updateKey`
 * @param body the body as text
 */
export function invalidatedBy(path: string, body: string): InvalidationTarget | undefined {
  const operation = /\/v2\/([^/]+)$/.exec(path)?.[1];
  if (operation === undefined || WITHOUT_EFFECT.test(operation)) return undefined;
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
