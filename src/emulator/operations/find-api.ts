import { ApiError } from '../api-error.js';
import type { Api } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';

/** @throws {ApiError} 404 if it does not exist or was deleted */
export function findApi(apiId: string, { apis }: Workspace): Api {
  const api = apis.live(apiId);
  if (!api) throw new ApiError('apiNotFound', `There is no API '${apiId}'.`);
  return api;
}
