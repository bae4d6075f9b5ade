import { ApiError } from './api-error.js';
import { RootKey } from './authentication/root-key.js';
import { createKey } from './operations/keys.create-key.js';
import type { Workspace } from './store/workspace.js';
import { readBody } from './validation/read-body.js';

/** The body of `keys.createKey`, of which only what a test needs must be given. */
export interface CreateKeyBody {
  /** Default: an API that is made for such keys. */
  apiId?: string | undefined;
  /** 1 to 16 of `a-z A-Z 0-9 _`; `_` and the secret follow. */
  prefix?: string | undefined;
  /** Random bytes of the secret, 16 to 255; default 16. */
  byteLength?: number | undefined;
  name?: string | undefined;
  /** Links the key to the identity with this external id, which is made if it does not exist. */
  externalId?: string | undefined;
  meta?: Readonly<Record<string, unknown>> | undefined;
  /** Names of roles that exist. */
  roles?: readonly string[] | undefined;
  /** Slugs; those that do not exist are made. */
  permissions?: readonly string[] | undefined;
  /** Unix ms. */
  expires?: number | undefined;
  /** Default: unlimited. */
  credits?: CreateKeyCredits | undefined;
  /** `duration` in ms; `autoApply` is false unless given. */
  ratelimits?: readonly CreateKeyRatelimit[] | undefined;
  /** Default true. */
  enabled?: boolean | undefined;
}

/** A named limit of a key that is to be made. */
export interface CreateKeyRatelimit {
  name: string;
  limit: number;
  /** Milliseconds, at least 1000. */
  duration: number;
  /** Whether it counts at every verification; default false: only where it is named. */
  autoApply?: boolean | undefined;
}

/** The credits of a key that is to be made. */
export interface CreateKeyCredits {
  /** `null`: unlimited. */
  remaining: number | null;
  /** Default: never refilled. */
  refill?: CreateKeyRefill | undefined;
}

/** When credits are refilled, and to how many. */
export interface CreateKeyRefill {
  interval: 'daily' | 'monthly';
  amount: number;
  /** Day of the month, 1 to 31; required for `monthly`. In a shorter month: its last day. */
  refillDay?: number | undefined;
}

/** A key that was made: `key` is what a caller sends. */
export interface CreatedKey {
  key: string;
  keyId: string;
}

/**
 * Makes a key without HTTP, by the schema and the operation that HTTP uses.
 *
 * @throws {TypeError} with one sentence if the body is refused
 */
export function createKeyDirectly(
  body: CreateKeyBody,
  workspace: Workspace,
  now: number,
  defaultApi: () => string,
): CreatedKey {
  try {
    // As text, so that what JSON leaves out or writes differently is the same as over HTTP.
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

/** What is no list is left for the schema to refuse. */
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
    throw new Error('keys.createKey answered without a key.');
  }
  return { key: String(data.key), keyId: String(data.keyId) };
}
