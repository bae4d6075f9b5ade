import { ApiError } from '../api-error.js';
import { identityMeta, namedRatelimits, permissionsBySlug } from '../operations/key-settings.js';
import { chosenKey } from '../operations/key-material.js';
import { makeKey } from '../operations/make-key.js';
import type { Api } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';
import type { SeedFile, SeedKey } from './seed-file.js';

/**
 * Fills a workspace with what a seed file says.
 *
 * @param keyspaces whether the emulator knows keyspaces
 * @throws {SeedError} that names the place in the file where something contradicts what stands before it
 */
export function applySeed(seed: SeedFile, workspace: Workspace, now: number, keyspaces = false): void {
  const { apis, identities, migrations, namespaces, permissions, roles, rootKeys } = workspace;
  for (const { key, ...settings } of seed.rootKeys ?? []) rootKeys.add(key, settings);
  each('permissions', seed.permissions, ({ slug, name, description }) => {
    refuse(permissions.bySlug(slug), `there is a permission '${slug}' already`);
    permissions.create(slug, name, description);
  });
  each('roles', seed.roles, ({ name, description, permissions: slugs }) => {
    refuse(roles.byName(name), `there is a role '${name}' already`);
    roles.create(name, description, permissionsBySlug(workspace, slugs));
  });
  each('identities', seed.identities, ({ externalId, meta, ratelimits }) => {
    refuse(identities.byExternalId(externalId), `there is an identity '${externalId}' already`);
    identities.create(externalId, identityMeta(meta), namedRatelimits(workspace, ratelimits));
  });
  each('apis', seed.apis, ({ name, keys, ...settings }, at) => {
    refuse(settings.id !== undefined && apis.find(settings.id), `there is an API '${settings.id}' already`);
    refuse(settings.keyspaceId !== undefined && !keyspaces, 'keyspaceId takes effect with --keyspaces alone');
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
    refuse(workspace.keys.hasHash(material.hash), 'there is such a key already');
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
      if (!(error instanceof ApiError) && !(error instanceof Contradiction)) throw error;
      throw new SeedError(`${here}: ${error.message.replace(/\.$/, '')}`);
    }
  }
}

/** What is wrong with a seed, and where in it. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

class Contradiction extends Error {}

function refuse(reason: unknown, sentence: string): void {
  if (reason) throw new Contradiction(sentence);
}
