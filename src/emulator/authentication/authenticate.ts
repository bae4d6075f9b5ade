import { ApiError } from '../api-error.js';
import type { Key } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';
import type { RootKey } from './root-key.js';

/**
 * Finds the root key of an `Authorization` header.
 *
 * @param now the emulator's Unix ms
 * @throws {ApiError} 400 without the exact prefix `Bearer `, 403 if it is disabled or expired, 401 if it is not a root key
 */
export function authenticate(authorization: string, workspace: Workspace, now: number): RootKey {
  const token = authorization.startsWith('Bearer ') ? authorization.slice(7).trim() : '';
  if (token === '') {
    throw new ApiError(
      'malformedAuthorization',
      "The Authorization header must hold a root key in the form 'Bearer ROOT_KEY'.",
    );
  }
  const rootKey = workspace.rootKeys.find(token);
  // If an ordinary key is sent, Unkey reports it as disabled or expired before it reports that it is not a root key.
  const key = rootKey ?? ordinaryKey(token, workspace);
  if (!key) throw new ApiError('rootKeyNotFound', 'No such root key exists.');
  if (!key.enabled) throw new ApiError('keyDisabled', 'The root key is disabled.');
  if (key.expires !== undefined && now > key.expires) {
    const date = new Date(key.expires).toISOString();
    throw new ApiError('forbidden', `The root key expired on ${date}.`);
  }
  if (!rootKey) throw new ApiError('rootKeyNotFound', 'This is not a root key.');
  return rootKey;
}

function ordinaryKey(token: string, { keys }: Workspace): Key | undefined {
  const key = keys.byPlaintext(token);
  return key?.api.deleted ? undefined : key;
}
