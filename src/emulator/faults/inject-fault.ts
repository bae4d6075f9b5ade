import type { ServerResponse } from 'node:http';
import { plainJson, type Reply } from '../transport/reply.js';
import { sendReply } from '../transport/send-reply.js';
import type { Fault } from './fault.js';
import { sendOversize } from './send-oversize.js';
import { statusReply } from './status-reply.js';

/**
 * Answers a request the wrong way.
 *
 * @param carryOut carries the operation out; called by those faults that hit after that
 */
export function injectFault(
  fault: Fault,
  response: ServerResponse,
  requestId: string,
  carryOut: () => Reply,
): void {
  if ('latency' in fault) setTimeout(() => answerLate(response, carryOut), fault.latency).unref();
  else if ('status' in fault)
    sendReply(response, statusReply(fault.status, requestId, response.req.headers.accept));
  else if ('reset' in fault) reset(fault.reset, response, carryOut);
  else if ('garbage' in fault) sendReply(response, plainJson('<html>502 Bad Gateway</html>'));
  else if ('truncate' in fault) sendHalf(response, carryOut(), () => response.socket?.destroySoon());
  else if ('oversize' in fault) sendOversize(response, fault.oversize);
  else if ('body' in fault) sendReply(response, plainJson(JSON.stringify(fault.body)));
  // What is left hangs.
}

function answerLate(response: ServerResponse, carryOut: () => Reply): void {
  const reply = carryOut();
  if (!response.destroyed) sendReply(response, reply);
}

function reset(when: 'before' | 'midway', response: ServerResponse, carryOut: () => Reply): void {
  if (when === 'before') response.socket?.resetAndDestroy();
  else sendHalf(response, carryOut(), () => response.socket?.resetAndDestroy());
}

function sendHalf(response: ServerResponse, { status, headers, body }: Reply, then: () => void): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'Content-Length': bytes.length });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), then);
}
