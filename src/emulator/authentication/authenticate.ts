import { ApiError } from '../api-error.js';
import type { Workspace } from '../store/workspace.js';
import type { RootKey } from './root-key.js';

/**
 * The root key that an `Authorization` header names.
 *
 * @param now the emulator's Unix ms
 * @throws {ApiError} 400 without the exact prefix `Bearer `, 401 if unknown, 403 if disabled or expired
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
  if (!rootKey) throw new ApiError('rootKeyNotFound', 'No such root key exists.');
  if (!rootKey.enabled) throw new ApiError('keyDisabled', 'The root key is disabled.');
  if (rootKey.expires !== undefined && now > rootKey.expires) {
    const date = new Date(rootKey.expires).toISOString();
    throw new ApiError('forbidden', `The root key expired on ${date}.`);
  }
  return rootKey;
}
