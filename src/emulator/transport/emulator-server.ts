import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError } from '../api-error.js';
import type { EmulatorClock } from '../clock.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import { executes } from '../faults/fault.js';
import { injectFault } from '../faults/inject-fault.js';
import type { Operations } from '../operations/operations.js';
import type { Workspace } from '../store/workspace.js';
import type { AnsweredCall, AnsweredListener } from './answered-call.js';
import type { CallLog } from './call-log.js';
import { executeAndCommit } from './execute-and-commit.js';
import { executeCall } from './execute-call.js';
import { plainJson, type Reply, success } from './reply.js';
import { receiveText } from './request-text.js';
import { findRoute, pathOf, type Route } from './route.js';
import { sendReply } from './send-reply.js';

/** The parts that the server uses. */
export interface ServerParts {
  readonly operations: Operations;
  readonly clock: EmulatorClock;
  readonly faults: FaultPlan;
  readonly log: CallLog;
  /** Returns the current workspace; a reset replaces it. */
  readonly workspace: () => Workspace;
  /** Persists what a request changed. If it throws, the request changes nothing. */
  readonly commit: () => void;
  /** Returns the reason to reject a request under `/v2` with this `Host` header, or `undefined` to accept it. */
  readonly refuseHost?: ((host: string | undefined) => string | undefined) | undefined;
  readonly answered?: AnsweredListener | undefined;
  /** Serves the page about the emulator. Its requests are not calls: they are not recorded, and meet no faults. */
  readonly page?: PageRequests | undefined;
}

/** The requests that belong to the page, and not to Unkey's API. */
export interface PageRequests {
  owns(request: IncomingMessage): boolean;
  serve(request: IncomingMessage, response: ServerResponse): void;
}

/** Unkey's server closes connections that are idle for 10 s, and those whose headers take longer than 10 s. */
const LIMITS = {
  keepAliveTimeout: 10_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 2000,
  requestTimeout: 0,
  maxHeaderSize: 1024 * 1024,
  requireHostHeader: false,
};

/** Creates the server; it does not listen yet. */
export function createEmulatorServer(parts: ServerParts): Server {
  const server = createServer(LIMITS, (request, response) => {
    handle(request, response, parts);
  });
  // Newer releases of Node add a second to the timeout.
  Object.assign(server, { keepAliveTimeoutBuffer: 0 });
  server.on('clientError', refuseClient);
  return server;
}

function handle(request: IncomingMessage, response: ServerResponse, parts: ServerParts): void {
  // If the client disconnects, there is nothing to do.
  response.on('error', () => undefined);
  if (request.headers.host === undefined && request.httpVersion === '1.1') {
    sendReply(response, {
      status: 400,
      headers: PLAIN,
      body: '400 Bad Request: missing required Host header',
    });
    return;
  }
  if (parts.page?.owns(request)) {
    parts.page.serve(request, response);
    return;
  }
  const route =
    refusedHost(request, parts) ?? findRoute(request.method ?? '', request.url ?? '', parts.operations);
  if (route.kind === 'reply') {
    const at = parts.clock.now();
    const { name, reply } = route;
    parts.log.add(name, '', request.headers, at);
    parts.answered?.({ operation: name, request, text: '', at, reply, ms: 0, fault: undefined });
    sendReply(response, route.reply);
    return;
  }
  receiveText(request, ({ text, broken }) => {
    if (broken) response.shouldKeepAlive = false;
    parts.log.add(route.name, text, request.headers, parts.clock.now());
    answer(route, request, response, text, parts);
  });
}

function refusedHost({ url = '', headers }: IncomingMessage, { refuseHost }: ServerParts): Route | undefined {
  const path = pathOf(url);
  const reason = /^\/v2(?:\/|$)/.test(path) ? refuseHost?.(headers.host) : undefined;
  return reason === undefined
    ? undefined
    : { kind: 'refusal', name: path.slice(4), error: new ApiError('forbidden', reason) };
}

function answer(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
  { faults, clock, workspace, commit, answered }: ServerParts,
): void {
  const requestId = workspace().random.id('req');
  const { accept } = request.headers;
  const execute = (): Reply => {
    if (route.kind === 'refusal') throw route.error;
    if (route.kind === 'liveness') return success({ data: { message: "we're cooking" } }, requestId);
    if (route.kind !== 'operation') return plainJson('{"status":"ok"}');
    return success(executeCall(route.operation, request, text, workspace(), clock.now()), requestId);
  };
  const fault = faults.take(route.name);
  const tell = (outcome: Pick<AnsweredCall, 'reply' | 'ms'>): void => {
    answered?.({ operation: route.name, request, text, at: clock.now(), fault, ...outcome });
  };
  const reply = (): Reply => {
    if (!answered) return executeAndCommit(execute, commit, { requestId, accept });
    const begin = performance.now();
    const result = executeAndCommit(execute, commit, { requestId, accept });
    tell({ reply: result, ms: performance.now() - begin });
    return result;
  };
  if (!fault) {
    sendReply(response, reply());
    return;
  }
  if (!executes(fault)) tell({ reply: undefined, ms: 0 });
  injectFault(fault, response, requestId, reply);
}

const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };

function refuseClient(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET' || error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const head = 'Content-Type: text/plain; charset=utf-8\r\nConnection: close';
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${status}`);
}
