import type { ArgumentsHost } from '@nestjs/common';
import type { VerifiedKey } from '../../contracts/verified-key.js';
import { markProblemDetails } from '../../errors/problem-details.js';
import type { GuardTransport } from '../guard-transport.js';
import { readState, stateOn } from '../request-state.js';
import { answerHeaders, denialHeaders } from './answer-headers.js';
import { httpHeader } from './http-header.js';
import { HttpPlaces } from './http-places.js';
import { carrierOf, type HttpRequest } from './http-request.js';

interface HttpResponse {
  header?(name: string, value: string): unknown;
  setHeader?(name: string, value: string): unknown;
}

/** Express and Fastify. */
export const httpTransport: GuardTransport = {
  state: (context, scope) => stateOn(carrierOf(requestOf(context)), scope),

  places: (context) => new HttpPlaces(requestOf(context)),

  httpHeader: (context, name) => httpHeader(requestOf(context), name),

  key: (host) => keyOfRequest(requestOf(host)),

  isDecided: (host) => readState(carrierOf(requestOf(host)))?.decided === true,

  attach(context, scope, key) {
    const request = requestOf(context);
    stateOn(carrierOf(request), scope).key = key;
    request.unkey = key;
  },

  userHolder: (context) => requestOf(context),

  routePattern(context) {
    const { route, routeOptions } = requestOf(context);
    const pattern = routeOptions?.url ?? route?.path;
    return typeof pattern === 'string' ? pattern : undefined;
  },

  clientIp: (context) => requestOf(context).ip,

  tellLimits(context, ratelimits, options) {
    if (ratelimits.length === 0) return;
    const state = readState(carrierOf(requestOf(context)));
    setHeaders(context, answerHeaders(state?.counted(ratelimits) ?? ratelimits, options));
  },

  refuse(context, denial, options) {
    setHeaders(context, denialHeaders(denial, options));
    markProblemDetails(denial, options.problemDetails);
    throw denial;
  },
};

/** Returns the key that was attached to a request, or that a stub guard in a test set as `unkey`. */
export function keyOfRequest(request: HttpRequest): VerifiedKey | undefined {
  return readState(carrierOf(request))?.key ?? request.unkey;
}

function setHeaders(host: ArgumentsHost, headers: Readonly<Record<string, string>>): void {
  const response = host.switchToHttp().getResponse<HttpResponse>();
  for (const [name, value] of Object.entries(headers)) {
    if (response.header) response.header(name, value);
    else response.setHeader?.(name, value);
  }
}

/** The first argument is the request. `switchToHttp()` creates three functions on each call, and this is called often. */
function requestOf(host: ArgumentsHost): HttpRequest {
  return host.getArgByIndex<HttpRequest>(0);
}
