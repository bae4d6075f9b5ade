import { ApiError } from '../api-error.js';
import { identityMeta, namedRatelimits, permissionsBySlug } from '../operations/key-settings.js';
import { chosenKey } from '../operations/key-material.js';
import { makeKey } from '../operations/make-key.js';
import type { Api } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';
import type { SeedFile, SeedKey } from './seed-file.js';

/**
 * Fills a workspace with the data of a seed file.
 *
 * @param keyspaces whether the emulator was started with `keyspaces`
 * @throws {SeedError} for an entry that is invalid or conflicts with an earlier one; the message names its place
 */
export function applySeed(seed: SeedFile, workspace: Workspace, now: number, keyspaces = false): void {
  const { apis, identities, migrations, namespaces, permissions, roles, rootKeys } = workspace;
  for (const { key, ...settings } of seed.rootKeys ?? []) rootKeys.add(key, settings);
  each('permissions', seed.permissions, ({ slug, name, description }) => {
    refuse(permissions.bySlug(slug), `the permission '${slug}' already exists`);
    permissions.create(slug, name, description);
  });
  each('roles', seed.roles, ({ name, description, permissions: slugs }) => {
    refuse(roles.byName(name), `the role '${name}' already exists`);
    roles.create(name, description, permissionsBySlug(workspace, slugs));
  });
  each('identities', seed.identities, ({ externalId, meta, ratelimits }) => {
    refuse(identities.byExternalId(externalId), `the identity '${externalId}' already exists`);
    identities.create(externalId, identityMeta(meta), namedRatelimits(workspace, ratelimits));
  });
  each('apis', seed.apis, ({ name, keys, ...settings }, at) => {
    refuse(settings.id !== undefined && apis.find(settings.id), `the API '${settings.id}' already exists`);
    refuse(settings.keyspaceId !== undefined && !keyspaces, 'keyspaceId needs --keyspaces');
    const api = apis.create(name, settings);
    each(`${at}.keys`, keys, (key) => addKey(key, api));
  });
  if (seed.keys) {
    const api = apis.create('default');
    each('keys', seed.keys, (key) => addKey(key, api));
  }
  each('namespaces', seed.namespaces, ({ name, overrides = [] }) => {
    const namespace = namespaces.find(name) ?? namespaces.create(name);
    for (const { identifier, limit, duration } of overrides) {
      namespaces.setOverride(namespace, identifier, limit, duration);
    }
  });
  for (const migration of seed.migrations ?? []) migrations.add(migration);

  function addKey({ key, ...body }: SeedKey, api: Api): void {
    const material = chosenKey(key);
    refuse(workspace.keys.hasHash(material.hash), 'the key already exists');
    makeKey(body, api, material, workspace, now);
  }
}

function each<Item>(
  at: string,
  items: readonly Item[] | undefined,
  add: (item: Item, at: string) => void,
): void {
  for (const [index, item] of (items ?? []).entries()) {
    const here = `${at}[${index}]`;
    try {
      add(item, here);
    } catch (error) {
      if (error instanceof SeedError) throw error;
      if (!(error instanceof ApiError) && !(error instanceof Conflict)) throw error;
      throw new SeedError(`${here}: ${error.message.replace(/\.$/, '')}`);
    }
  }
}

/** An invalid seed; the message says what is wrong, and where. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

class Conflict extends Error {}

function refuse(reason: unknown, sentence: string): void {
  if (reason) throw new Conflict(sentence);
}
