// The guards that are compared. They share only Nest and `keyOf`, so that V8 compiles each of them separately.
import { hash } from 'node:crypto';

export const ROOT_KEY = 'unkey_bench';
const TTL = 3_600_000;

const keyOf = (context) => context.switchToHttp().getRequest().headers['x-api-key'];

/** Reads the header and lets the request through. */
export function noopGuard() {
  return { canActivate: (context) => typeof keyOf(context) === 'string' };
}

/** The minimum that a guard must do to call Unkey: one pooled request and two comparisons. */
export async function floorGuard(upstream) {
  const ask = await askOverPool(upstream);
  return {
    async canActivate(context) {
      const data = await ask(keyOf(context));
      if (data.valid !== true || data.code !== 'VALID') return false;
      context.switchToHttp().getRequest().unkey = data;
      return true;
    },
  };
}

/** `@unkey/api` as its documentation shows it, with one client for all requests. */
export async function sdkGuard(upstream) {
  const { Unkey } = await import('@unkey/api');
  const client = new Unkey({ rootKey: ROOT_KEY, serverURL: upstream });
  return {
    async canActivate(context) {
      const { data } = await client.keys.verifyKey({ key: keyOf(context) });
      if (data.valid !== true || data.code !== 'VALID') return false;
      context.switchToHttp().getRequest().unkey = data;
      return true;
    },
  };
}

/**
 * A simple cache as you would write it by hand: the key's SHA-256, a `Map`, an expiry time, a shallow copy per request. A
 * hit returns synchronously. It has no permissions, no invalidation and no maximum size.
 */
export async function handWrittenCacheGuard(upstream) {
  const ask = await askOverPool(upstream);
  const entries = new Map();

  const allow = (context, data) => {
    if (data.valid !== true || data.code !== 'VALID') return false;
    context.switchToHttp().getRequest().unkey = { ...data };
    return true;
  };
  const askAndKeep = async (context, id) => {
    const data = await ask(keyOf(context));
    entries.set(id, { data, until: Date.now() + TTL });
    return allow(context, data);
  };
  return {
    canActivate(context) {
      const id = hash('sha256', keyOf(context), 'base64url');
      const entry = entries.get(id);
      if (entry === undefined || Date.now() >= entry.until) return askAndKeep(context, id);
      return allow(context, entry.data);
    },
  };
}

/** The options of this module for the contenders that use it. The SDK is not loaded. */
export function moduleOptions(upstream, isCached) {
  return {
    rootKey: ROOT_KEY,
    baseUrl: upstream,
    globalGuard: true,
    client: false,
    ...(isCached ? { cache: { ttl: TTL } } : {}),
  };
}

async function askOverPool(upstream) {
  const { Pool } = await import('undici');
  const pool = new Pool(upstream, { connections: 128 });
  const headers = {
    authorization: `Bearer ${ROOT_KEY}`,
    'content-type': 'application/json',
    accept: 'application/json',
  };
  return async (key) => {
    const { body } = await pool.request({
      path: '/v2/keys.verifyKey',
      method: 'POST',
      headers,
      body: JSON.stringify({ key }),
    });
    const { data } = await body.json();
    return data;
  };
}
