import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { graphqlTransport } from './graphql/graphql.transport.js';
import type { GuardTransport } from './guard-transport.js';
import { wsTransport } from './ws/ws.transport.js';
import { httpTransport } from './http/http.transport.js';
import { rpcTransport } from './rpc/rpc.transport.js';

/**
 * Returns the transport of a request. Throws for an unknown type, because letting such requests through would leave
 * their handlers unprotected.
 *
 * @throws UnkeyConfigError for an unknown type
 */
export function transportOf(host: ArgumentsHost): GuardTransport {
  const transport = findTransport(host);
  if (transport !== undefined) return transport;
  const type = host.getType<string>();
  throw new UnkeyConfigError(
    `UnkeyGuard does not support requests of type "${type}", so it rejects them${placeOf(host)}. ` +
      `To let them through without a key, set the option skipTransports: ["${type}"].`,
  );
}

/** Returns the transport of a request, or `undefined` for an unknown type. */
export function findTransport(host: ArgumentsHost): GuardTransport | undefined {
  const type = host.getType<string>();
  if (type === 'http') return httpTransport;
  if (type === 'graphql') return graphqlTransport;
  if (type === 'ws') return wsTransport;
  return type === 'rpc' ? rpcTransport : undefined;
}

/** Whether the option `skipTransports` lists the type of this request. */
export function isTransportIn(host: ArgumentsHost, types: readonly string[]): boolean {
  return types.length > 0 && types.includes(host.getType<string>());
}

function placeOf(host: ArgumentsHost): string {
  return isExecutionContext(host) ? ` (${host.getClass().name}.${host.getHandler().name})` : '';
}

/** An exception filter gets an `ArgumentsHost`, which does not know the handler. */
function isExecutionContext(host: ArgumentsHost): host is ExecutionContext {
  return 'getHandler' in host;
}
