import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { VerifiedKey } from '../contracts/verified-key.js';
import { keyOfRequest } from './http/http.transport.js';
import { isSkipped } from './skipped-transports.js';
import { findTransport } from './transport-of.js';

/**
 * Returns the key that a guard verified for this request, for interceptors, filters and event subscribers.
 * `undefined` if the call was let through without a key, or if no guard ran.
 *
 * @param contextOrRequest an `ExecutionContext` or `ArgumentsHost`, or an HTTP request
 * @example
 * const key = getVerifiedKey(context);
 * if (key) logger.log(`called with ${key.keyId}`);
 */
export function getVerifiedKey(contextOrRequest: ArgumentsHost | object): VerifiedKey | undefined {
  return isHost(contextOrRequest)
    ? findTransport(contextOrRequest)?.key(contextOrRequest)
    : keyOfRequest(contextOrRequest);
}

/**
 * Returns the key for a param decorator: `undefined` if the guard let the call through without a key, or if the option
 * `skipTransports` lists the type of the request.
 *
 * @throws Error if no guard ran
 */
export function injectedKey(context: ExecutionContext): VerifiedKey | undefined {
  const transport = findTransport(context);
  const key = transport?.key(context);
  if (key === undefined && transport?.isDecided(context) !== true && !isSkipped(context)) {
    throw new Error(
      `@UnkeyKey() in ${context.getClass().name}.${context.getHandler().name}: no UnkeyGuard ran before this handler. ` +
        'Protect it with @UseGuards(UnkeyGuard) or forRoot({ globalGuard: true }).',
    );
  }
  return key;
}

function isHost(value: object): value is ArgumentsHost {
  return 'switchToHttp' in value && 'getType' in value;
}
