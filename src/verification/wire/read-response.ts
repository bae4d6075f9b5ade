import type { Verification } from '../../contracts/verification.js';
import { isVerification } from '../read-verification.js';
import { readData } from './read-data.js';
import { UnexpectedResponseError } from './unexpected-response.error.js';
import type { WireResponse } from './wire-response.js';

/**
 * Reads a verification from a response of Unkey. Unknown fields and codes are accepted; `valid` and `code` must be
 * there and must not contradict each other.
 *
 * @throws UnexpectedResponseError if the response is not a verification
 */
export function readResponse(response: WireResponse): Verification {
  const { data, requestId } = readData(response);
  if (requestId !== undefined) data['requestId'] = requestId;
  if (!isVerification(data)) throw new UnexpectedResponseError(200, requestId);
  return data;
}
