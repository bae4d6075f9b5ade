import { ApiError } from '../api-error.js';
import { onApi, permits } from '../authentication/demand.js';
import type { Key } from '../store/records.js';
import { issueKey } from './key-material.js';
import {
  keyMeta,
  namedRatelimits,
  permissionsBySlug,
  refuseSlugVariants,
  rolesByName,
  storedRefill,
} from './key-settings.js';
import { operation } from './operation.js';

export const createKey = operation('keys.createKey', (body, { workspace, rootKey, now }) => {
  // A deleted API is found too: the server makes keys in it that never verify.
  const api = workspace.apis.find(body.apiId);
  const wanted = api && {
    anyOf: [onApi(api, 'create_key'), { resource: `keyspaces/${api.keyspaceId}`, action: 'create_key' }],
  };
  if (!api || !wanted || !permits(rootKey, wanted)) {
    throw new ApiError(
      'apiNotFound',
      `There is no API '${body.apiId}' in which this root key may make keys.`,
    );
  }
  if (body.recoverable)
    throw new ApiError('preconditionFailed', 'Recoverable keys need a vault; there is none.');
  const credits = creditsOf(body.credits);
  const roles = rolesByName(workspace, body.roles);
  refuseSlugVariants(workspace, body.permissions);
  const meta = keyMeta(body.meta);
  // From here on nothing is refused, so that a refusal leaves nothing behind.
  const material = issueKey(
    workspace.random,
    body.prefix ?? api.defaultPrefix,
    body.byteLength ?? api.defaultBytes,
  );
  const key: Key = {
    id: workspace.random.id('key'),
    api,
    createdAt: now,
    hash: material.hash,
    start: material.start,
    name: body.name,
    meta,
    identity: body.externalId === undefined ? undefined : identityOf(body.externalId),
    expires: body.expires,
    enabled: body.enabled ?? true,
    updatedAt: undefined,
    ...credits,
    refilledTo: now,
    permissions: permissionsBySlug(workspace, body.permissions),
    roles,
    ratelimits: namedRatelimits(workspace, body.ratelimits),
    deleted: false,
  };
  workspace.keys.add(key);
  return { data: { key: material.key, keyId: key.id } };

  function identityOf(externalId: string) {
    return workspace.identities.byExternalId(externalId) ?? workspace.identities.create(externalId);
  }
});

type Credits = Parameters<typeof storedRefill>[0];

function creditsOf(
  credits: { remaining: number | null; refill?: Credits } | undefined,
): Pick<Key, 'remaining' | 'refill'> {
  if (!credits) return { remaining: null, refill: undefined };
  if (credits.remaining === null && credits.refill) {
    throw new ApiError('invalidInput', 'A key without a limit of credits cannot have a refill.');
  }
  return {
    remaining: credits.remaining === null ? null : BigInt(credits.remaining),
    refill: storedRefill(credits.refill),
  };
}
