import { ApiError } from '../api-error.js';
import type { Key } from '../store/records.js';
import type { OperationContext } from './operation.js';

/** @throws {ApiError} 404 if the key or its API does not exist or was deleted */
export function findKey(keyId: string, { workspace, now }: OperationContext): Key {
  const key = workspace.keys.live(keyId);
  if (!key) throw new ApiError('keyNotFound', `There is no key with the id '${keyId}'.`);
  workspace.keys.refill(key, now);
  return key;
}
