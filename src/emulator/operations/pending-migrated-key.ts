import { hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { V2KeysVerifyKeyRequestBody } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { keyHash } from '../domain/key-hash.js';
import type { Key } from '../store/records.js';
import type { OperationContext } from './operation.js';

/** How many bytes of the secret are part of the key's `start`. */
const SHOWN = 4;

/**
 * Finds a migrated key by the hash of its last part, which is its hash in the other system. The first use turns it into
 * an ordinary key.
 *
 * @throws {ApiError} 400 if the text is not a key of that system; 500 if its start cannot be stored
 */
export function pendingMigratedKey(
  { key: text, migrationId }: V2KeysVerifyKeyRequestBody,
  { workspace, now }: OperationContext,
): Key | undefined {
  const migration = migrationId === undefined ? undefined : workspace.migrations.find(migrationId);
  if (migration?.algorithm !== 'seam') return undefined;
  const parts = text.split('_');
  if (parts.length < 3) {
    throw new ApiError('malformedAuthorization', 'The key is not one of the migrated system.');
  }
  const key = workspace.keys.byHash(hash('sha256', parts.at(-1) ?? '', 'hex'));
  if (key?.pendingMigration !== migration.id) return key;
  key.start = startOf(parts);
  key.updatedAt = now;
  key.pendingMigration = undefined;
  workspace.keys.rehash(key, keyHash(text));
  return key;
}

/** The prefix, which may contain `_`, and the first bytes of the text after it. */
function startOf(parts: readonly string[]): string {
  const shown = Buffer.from(parts.slice(-2).join('_')).subarray(0, SHOWN);
  // The server's database rejects an incomplete character.
  if (!isUtf8(shown)) throw new ApiError('unexpectedError', 'The start of the key ends within a character.');
  return `${parts.slice(0, -2).join('_')}_${shown.toString()}`;
}
