import { ApiError } from '../api-error.js';
import { demand } from '../authentication/demand.js';
import { operation } from './operation.js';

/** The permission for any single API is enough, because nothing is read. */
const OF_ONE_API = /^api\.[^.]*\.read_analytics$/;

export const getVerifications = operation('analytics.getVerifications', (_, { rootKey }) => {
  const mayReadOne = rootKey.permissions?.some((permission) => OF_ONE_API.test(permission));
  if (!mayReadOne) demand(rootKey, 'api.*.read_analytics');
  throw new ApiError('analyticsNotConfigured', 'The emulator has no analytics store.');
});
