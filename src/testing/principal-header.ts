import type { VerifiedKey } from '../contracts/verified-key.js';
import { PRINCIPAL_HEADER } from '../gateway/principal-headers.js';

/**
 * Creates the header in which Unkey's gateway sends the key that it has verified, for tests of apps with the option
 * `gateway`. Like the gateway, it encodes the value as UTF-8, so each character is one byte. `fetch`, `supertest` and
 * Node's own client send it as it is.
 *
 * @example
 * const alice = verifiedKey({ keyId: 'key_alice', permissions: ['documents.read'] });
 * await fetch(url, { headers: principalHeader(alice) });
 */
export function principalHeader(key: VerifiedKey): { [PRINCIPAL_HEADER]: string } {
  const { keyId, keyspaceId, name, expires, credits, identity } = key;
  const principal = {
    version: 'v1',
    subject: identity?.externalId ?? keyId,
    type: 'API_KEY',
    // JSON leaves out what is undefined.
    identity: identity && { externalId: identity.externalId, meta: identity.meta ?? {} },
    source: {
      key: {
        keyId,
        keySpaceId: keyspaceId ?? 'ks_test',
        name,
        expiresAt: expires,
        credits,
        meta: key.meta ?? {},
        roles: listOrNothing(key.roles),
        permissions: listOrNothing(key.permissions),
      },
    },
  };
  // JSON does not escape DEL, which no header may contain.
  const json = JSON.stringify(principal).replaceAll('\u007f', '\\u007f');
  return { [PRINCIPAL_HEADER]: Buffer.from(json, 'utf8').toString('latin1') };
}

function listOrNothing(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list;
}
