import { ApiError } from '../api-error.js';
import { operation } from './operation.js';

export const getVerifications = operation('analytics.getVerifications', () => {
  throw new ApiError('preconditionFailed', 'The emulator keeps no analytics.');
});
