import type { IncomingMessage } from 'node:http';
import { hostNameOf, isLoopbackName } from '../transport/host-name.js';

/** The header that every change needs. A page of another site cannot send it without a preflight, which is not answered. */
export const CHANGE_HEADER = 'x-unkey-emulator';

/**
 * Why a request to the page is rejected. The page shows a root key, so no other site may reach it.
 *
 * @param hosts names that `Host` may have, besides those of loopback and the address of the connection
 * @returns a sentence, or `undefined` if the request is accepted
 */
export function refusalOf(request: IncomingMessage, hosts: readonly string[]): string | undefined {
  const { host = '', origin } = request.headers;
  if (!namesThisMachine(request, hosts)) {
    // DNS rebinding: a site lets its own name resolve to this machine.
    return `The Host header is '${hostNameOf(host)}', which is not this machine.`;
  }
  if (origin !== undefined && origin !== `http://${host}`) return 'Other sites cannot use this page.';
  if (!isSameSite(request)) return 'Other sites cannot use this page.';
  if (request.method !== 'GET' && request.headers[CHANGE_HEADER] === undefined) {
    return `A change needs the header ${CHANGE_HEADER}.`;
  }
  return undefined;
}

function namesThisMachine({ headers, socket }: IncomingMessage, hosts: readonly string[]): boolean {
  const name = hostNameOf(headers.host ?? '');
  if (isLoopbackName(name)) return true;
  const address = socket.localAddress?.replace(/^::ffff:/, '') ?? '';
  return [address, ...hosts].some((one) => one !== '' && inBrackets(one.toLowerCase()) === name);
}

function inBrackets(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Browsers send where a request comes from; other clients do not. */
function isSameSite({ url = '', headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin') return true;
  if (url.startsWith('/_emulator/')) return false;
  // The page itself has no data. You may type its address, and follow a link to it.
  return site === 'none' || isTopLevelNavigation(headers);
}

function isTopLevelNavigation(headers: IncomingMessage['headers']): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}
