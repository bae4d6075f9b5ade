import type { ServerResponse } from 'node:http';
import { plainJson, type Reply } from '../transport/reply.js';
import { sendReply } from '../transport/send-reply.js';
import type { Fault } from './fault.js';
import { sendOversize } from './send-oversize.js';
import { statusReply } from './status-reply.js';

/**
 * Responds to a request with a fault.
 *
 * @param execute executes the operation; only some faults call it
 */
export function injectFault(
  fault: Fault,
  response: ServerResponse,
  requestId: string,
  execute: () => Reply,
): void {
  if ('latency' in fault) setTimeout(() => answerLate(response, execute), fault.latency).unref();
  else if ('status' in fault)
    sendReply(response, statusReply(fault.status, requestId, response.req.headers.accept));
  else if ('reset' in fault) reset(fault.reset, response, execute);
  else if ('garbage' in fault) sendReply(response, plainJson('<html>502 Bad Gateway</html>'));
  else if ('truncate' in fault) sendHalf(response, execute(), () => response.socket?.destroySoon());
  else if ('oversize' in fault) sendOversize(response, fault.oversize);
  else if ('body' in fault) sendReply(response, plainJson(JSON.stringify(fault.body)));
  // `hang` sends nothing.
}

function answerLate(response: ServerResponse, execute: () => Reply): void {
  const reply = execute();
  if (!response.destroyed) sendReply(response, reply);
}

function reset(when: 'before' | 'midway', response: ServerResponse, execute: () => Reply): void {
  if (when === 'before') response.socket?.resetAndDestroy();
  else sendHalf(response, execute(), () => response.socket?.resetAndDestroy());
}

function sendHalf(response: ServerResponse, { status, headers, body }: Reply, then: () => void): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'Content-Length': bytes.length });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), then);
}
