import { ApiError } from './api-error.js';
import { RootKey } from './authentication/root-key.js';
import { createKey } from './operations/keys.create-key.js';
import type { Workspace } from './store/workspace.js';
import { readBody } from './validation/read-body.js';

/** The body of `keys.createKey`. All members are optional. */
export interface CreateKeyBody {
  /** Default: an API that the emulator creates for keys without one. */
  apiId?: string | undefined;
  /** 1 to 16 characters of `a-z A-Z 0-9 _`. The key is the prefix, `_` and the secret. */
  prefix?: string | undefined;
  /** Random bytes of the secret, 16 to 255; default 16. */
  byteLength?: number | undefined;
  name?: string | undefined;
  /** Links the key to the identity with this external id. The identity is created if it does not exist. */
  externalId?: string | undefined;
  meta?: Readonly<Record<string, unknown>> | undefined;
  /** Names of existing roles. */
  roles?: readonly string[] | undefined;
  /** Slugs. Those that do not exist are created. */
  permissions?: readonly string[] | undefined;
  /** Unix ms. */
  expires?: number | undefined;
  /** Default: unlimited. */
  credits?: CreateKeyCredits | undefined;
  /** `duration` in ms; `autoApply` defaults to false. */
  ratelimits?: readonly CreateKeyRatelimit[] | undefined;
  /** Default true. */
  enabled?: boolean | undefined;
}

/** A named rate limit of a new key. */
export interface CreateKeyRatelimit {
  name: string;
  limit: number;
  /** Milliseconds, at least 1000. */
  duration: number;
  /** Whether every verification counts. Default false: only verifications that name the limit count. */
  autoApply?: boolean | undefined;
}

/** The credits of a new key. */
export interface CreateKeyCredits {
  /** `null`: unlimited. */
  remaining: number | null;
  /** Default: never refilled. */
  refill?: CreateKeyRefill | undefined;
}

/** When credits are refilled, and to what amount. */
export interface CreateKeyRefill {
  interval: 'daily' | 'monthly';
  amount: number;
  /** Day of the month, 1 to 31; required for `monthly`. In a shorter month, the last day counts. */
  refillDay?: number | undefined;
}

/** A new key: `key` is what callers send. */
export interface CreatedKey {
  key: string;
  keyId: string;
}

/**
 * Creates a key without HTTP, with the same schema and operation as over HTTP.
 *
 * @throws {TypeError} with one sentence if the body is invalid
 */
export function createKeyDirectly(
  body: CreateKeyBody,
  workspace: Workspace,
  now: number,
  defaultApi: () => string,
): CreatedKey {
  try {
    // Serialized, so that values which JSON omits or changes have the same effect as over HTTP.
    const text = JSON.stringify({
      ...body,
      apiId: body.apiId ?? defaultApi(),
      ratelimits: completed(body.ratelimits),
    });
    const { call } = readBody(text, createKey);
    return created(call({ workspace, rootKey: new RootKey({}), now, clientAddress: () => '127.0.0.1' }).data);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const entries = error instanceof ApiError ? (error.errors ?? []) : [];
    const reason = entries.map(({ message }) => message).join('; ') || error.message;
    throw new TypeError(`unkey.createKey: ${reason.replace(/\.$/, '')}.`, { cause: error });
  }
}

/** Anything but a list is passed on, and the schema rejects it. */
function completed(ratelimits: unknown): unknown {
  if (!Array.isArray(ratelimits)) return ratelimits;
  return ratelimits.map((limit: unknown) =>
    typeof limit === 'object' && limit !== null
      ? { ...limit, autoApply: ('autoApply' in limit ? limit.autoApply : undefined) ?? false }
      : limit,
  );
}

function created(data: unknown): CreatedKey {
  if (typeof data !== 'object' || data === null || !('key' in data) || !('keyId' in data)) {
    throw new Error('keys.createKey returned no key.');
  }
  return { key: String(data.key), keyId: String(data.keyId) };
}
