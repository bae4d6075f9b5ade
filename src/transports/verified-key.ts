import type { ExecutionContext } from '@nestjs/common';
import type { VerifiedKey } from '../contracts/verified-key.js';
import { carrierOf } from './http/http.transport.js';
import { readState } from './request-state.js';
import { transportOf } from './transport-of.js';

/**
 * The key that a guard verified for this request, for interceptors, filters and event subscribers. `undefined`
 * where the call was let through without a key, or no guard ran.
 *
 * @example
 * const key = getVerifiedKey(context);
 * if (key) logger.log(`called with ${key.keyId}`);
 */
export function getVerifiedKey(contextOrRequest: ExecutionContext | object): VerifiedKey | undefined {
  const request = isContext(contextOrRequest)
    ? contextOrRequest.switchToHttp().getRequest<object>()
    : contextOrRequest;
  return readState(carrierOf(request))?.key ?? stubbedKey(request);
}

/**
 * The key for a param decorator, which must tell "let through without a key" from "nobody looked".
 *
 * @throws Error where no guard ran
 */
export function injectedKey(context: ExecutionContext): VerifiedKey | undefined {
  transportOf(context);
  const key = getVerifiedKey(context);
  if (
    key === undefined &&
    readState(carrierOf(context.switchToHttp().getRequest<object>()))?.decided !== true
  ) {
    throw new Error(
      `@UnkeyKey() in ${context.getClass().name}.${context.getHandler().name}: no UnkeyGuard ran before this handler. ` +
        'Protect it with @UseGuards(UnkeyGuard) or forRoot({ globalGuard: true }).',
    );
  }
  return key;
}

/** What a test's own guard may have put there. */
function stubbedKey(request: object): VerifiedKey | undefined {
  return Reflect.get(request, 'unkey') as VerifiedKey | undefined;
}

function isContext(value: object): value is ExecutionContext {
  return 'switchToHttp' in value && 'getHandler' in value;
}
