import { headerText } from './header-text.js';
import type { ApiKeyPrincipal, PrincipalKey, ReadPrincipal } from './principal.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the header `X-Unkey-Principal`. Unknown members are ignored, because a new one does not change the version. A
 * member of a wrong type makes the whole header unreadable.
 *
 * @param values every value that was sent, as Node provides headers
 */
export function readPrincipal(values: readonly string[]): ReadPrincipal {
  const [value = '', another] = new Set(values);
  if (another !== undefined) return unreadable('there are several that differ');
  const text = headerText(value);
  if (text === undefined) return unreadable('it is not UTF-8');
  const parsed = parse(text);
  if (!isRecord(parsed)) return unreadable('it is not a JSON object');
  if (parsed['version'] !== 'v1') return unreadable('its version is not v1');
  return principalOf(parsed);
}

function principalOf({ type, subject, identity, source }: Members): ReadPrincipal {
  if (type !== 'API_KEY' && type !== 'JWT') return unreadable('its type is neither API_KEY nor JWT');
  if (!isText(subject) || !isRecord(source)) return unreadable('"subject" or "source" is wrong');
  const { key, jwt } = source;
  if (type === 'JWT') return { type };
  if (jwt !== undefined) return unreadable('"source" has a JWT, but the type is API_KEY');
  if (!isKey(key)) return unreadable('"source.key" is wrong');
  if (!isAbsentOr(identity, isIdentity)) return unreadable('"identity" is wrong');
  return { type, principal: identity === undefined ? { key } : { identity, key } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isKey(value: unknown): value is PrincipalKey {
  return (
    isRecord(value) &&
    isText(value['keyId']) &&
    isText(value['keySpaceId']) &&
    isAbsentOr(value['name'], isString) &&
    isAbsentOr(value['expiresAt'], isWhole) &&
    isAbsentOr(value['credits'], isWhole) &&
    isAbsentOr(value['meta'], isRecord) &&
    isAbsentOr(value['roles'], isStrings) &&
    isAbsentOr(value['permissions'], isStrings)
  );
}

function isIdentity(value: unknown): value is NonNullable<ApiKeyPrincipal['identity']> {
  return isRecord(value) && isText(value['externalId']) && isAbsentOr(value['meta'], isRecord);
}

function isAbsentOr<T>(value: unknown, hasType: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || hasType(value);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isString);
}

function isText(value: unknown): value is string {
  return isString(value) && value !== '';
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isRecord(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(reason: string): ReadPrincipal {
  return { type: 'unreadable', reason };
}
