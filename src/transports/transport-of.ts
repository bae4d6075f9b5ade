import type { ExecutionContext } from '@nestjs/common';
import type { Transport } from '../contracts/transport.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { httpTransport } from './http/http.transport.js';

/**
 * How this kind of request is read and answered. A kind that nobody wrote a transport for is refused: letting it
 * through would open every handler behind it.
 *
 * @throws UnkeyConfigError for an unknown kind
 */
export function transportOf(context: ExecutionContext): Transport {
  const type = context.getType<string>();
  if (type === 'http') return httpTransport;
  throw new UnkeyConfigError(
    `UnkeyGuard cannot verify requests of type "${type}", so it refuses them (${context.getClass().name}.${context.getHandler().name}).`,
  );
}
