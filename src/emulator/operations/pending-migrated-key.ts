import { createHash } from 'node:crypto';
import type { V2KeysVerifyKeyRequestBody } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { keyHash } from '../domain/key-hash.js';
import type { Key } from '../store/records.js';
import type { OperationContext } from './operation.js';

/**
 * A key that was migrated under another system's hash and is now used for the first time; from here on it is an
 * ordinary key.
 *
 * @throws {ApiError} 400 if the text cannot be a key of that system
 */
export function pendingMigratedKey(
  { key: text, migrationId }: V2KeysVerifyKeyRequestBody,
  { workspace, now }: OperationContext,
): Key | undefined {
  const migration = migrationId === undefined ? undefined : workspace.migrations.find(migrationId);
  if (migration?.algorithm !== 'seam') return undefined;
  const parts = text.split('_');
  if (parts.length < 3)
    throw new ApiError('malformedAuthorization', 'The key is not one of the migrated system.');
  const key = workspace.keys.byHash(
    createHash('sha256')
      .update(parts.at(-1) ?? '')
      .digest('hex'),
  );
  if (!key) return undefined;
  key.start = `${parts[0]}_${(parts[1] ?? '').slice(0, 4)}`;
  key.updatedAt = now;
  workspace.keys.rehash(key, keyHash(text));
  return key;
}
