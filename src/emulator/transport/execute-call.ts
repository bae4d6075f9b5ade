import type { IncomingMessage } from 'node:http';
import { ApiError } from '../api-error.js';
import { authenticate } from '../authentication/authenticate.js';
import type { Operation } from '../operations/operation.js';
import type { Workspace } from '../store/workspace.js';
import { readBody } from '../validation/read-body.js';
import { clientAddress } from './client-address.js';
import { isJson } from './content-negotiation.js';
import type { Answer } from './envelope.js';

/**
 * Executes one call in the server's order: headers and schema first, then the root key, then the operation.
 *
 * @throws {ApiError}
 */
export function executeCall(
  operation: Operation,
  request: IncomingMessage,
  text: string,
  workspace: Workspace,
  now: number,
): Answer {
  const { authorization } = request.headers;
  if (authorization === undefined || authorization === '') throw missingAuthorization();
  if (!isJson(request.headers['content-type'])) throw wrongContentType();
  const { call, undecodable } = readBody(text, operation);
  const rootKey = authenticate(authorization, workspace, now);
  if (undecodable) throw new ApiError('invalidInput', 'The body has a value of the wrong type.');
  return call({ workspace, rootKey, now, clientAddress: () => clientAddress(request) });
}

function missingAuthorization(): ApiError {
  return new ApiError('invalidInput', 'The request has no Authorization header.', [
    {
      location: 'security',
      message: 'A bearer token is required.',
      fix: "Send the header 'Authorization: Bearer ROOT_KEY'.",
    },
  ]);
}

function wrongContentType(): ApiError {
  return new ApiError('invalidInput', 'The content type of the request is not supported.', [
    {
      location: 'requestBody',
      message: 'The body must be application/json.',
      fix: "Send the header 'Content-Type: application/json'.",
    },
  ]);
}
