import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { graphqlTransport } from './graphql/graphql.transport.js';
import type { GuardTransport } from './guard-transport.js';
import { wsTransport } from './ws/ws.transport.js';
import { httpTransport } from './http/http.transport.js';

/**
 * The transport of a request. A kind of request without a transport is refused: letting it through would open every
 * handler behind it.
 *
 * @throws UnkeyConfigError for an unknown kind
 */
export function transportOf(host: ArgumentsHost): GuardTransport {
  const type = host.getType<string>();
  if (type === 'http') return httpTransport;
  if (type === 'graphql') return graphqlTransport;
  if (type === 'ws') return wsTransport;
  throw new UnkeyConfigError(
    `UnkeyGuard cannot verify requests of type "${type}", so it refuses them${placeOf(host)}.`,
  );
}

function placeOf(host: ArgumentsHost): string {
  return isExecutionContext(host) ? ` (${host.getClass().name}.${host.getHandler().name})` : '';
}

/** A filter is given an `ArgumentsHost`, which names no handler. */
function isExecutionContext(host: ArgumentsHost): host is ExecutionContext {
  return 'getHandler' in host;
}
