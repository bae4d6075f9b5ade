import type { Operations } from '../operations/operations.js';
import type { Operation } from '../operations/operation.js';
import { ApiError } from '../api-error.js';
import { plainText, type Reply } from './reply.js';

/** The route of a request: an operation, a health check, an error, or a fixed response. */
export type Route =
  | { readonly kind: 'operation'; readonly name: string; readonly operation: Operation }
  | { readonly kind: 'liveness' | 'health'; readonly name: string }
  | { readonly kind: 'refusal'; readonly name: string; readonly error: ApiError }
  | { readonly kind: 'reply'; readonly name: string; readonly reply: Reply };

const PREFIX = '/v2/';
const HEALTH: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/health/startup']);

/** Finds the route of a request. Paths are compared exactly, including letter case and a trailing slash. */
export function findRoute(method: string, url: string, operations: Operations): Route {
  const path = pathOf(url);
  const name = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path;
  const operation = path.startsWith(PREFIX) ? operations.get(name) : undefined;
  if (operation) {
    return method === 'POST' ? { kind: 'operation', name, operation } : wrongMethod(name, 'POST');
  }
  const kind = path === '/v2/liveness' ? 'liveness' : HEALTH.has(path) ? 'health' : undefined;
  if (kind) return method === 'GET' || method === 'HEAD' ? { kind, name } : wrongMethod(name, 'GET, HEAD');
  const decoded = decodedPath(path);
  if (decoded === undefined) return { kind: 'reply', name, reply: badRequest() };
  const clean = cleanPath(path);
  if (clean !== path) {
    return { kind: 'reply', name, reply: redirect(method, escaped(clean) + url.slice(path.length)) };
  }
  return (
    encodedOperation(method, path, decoded, operations) ?? {
      kind: 'reply',
      name,
      reply: plainText(404, '404 page not found\n'),
    }
  );
}

function wrongMethod(name: string, allow: string): Route {
  return { kind: 'reply', name, reply: plainText(405, 'Method Not Allowed\n', { Allow: allow }) };
}

/** The path of a request's URL, which may be absolute. */
export function pathOf(url: string): string {
  const path = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
  // `#` has no special meaning here: clients do not send fragments.
  const end = path.indexOf('?');
  return end === -1 ? path : path.slice(0, end);
}

function cleanPath(path: string): string {
  if (!/\/\/|\/\.\.?(?:\/|$)/.test(path)) return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const end = path.endsWith('/') && segments.length > 0 ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

/** An operation's path with percent-encoded characters. The server's router accepts it; its request validation rejects it. */
function encodedOperation(
  method: string,
  path: string,
  decoded: string,
  operations: Operations,
): Route | undefined {
  const name = path.slice(PREFIX.length);
  // An encoded slash does not separate segments, so such a path is not found.
  if (decoded === path || /%2f/i.test(path) || !decoded.startsWith(PREFIX)) return undefined;
  if (!operations.has(decoded.slice(PREFIX.length))) return undefined;
  if (method !== 'POST') return wrongMethod(name, 'POST');
  const entry = { location: 'path', message: `The path '${decoded}' must not be percent-encoded.` };
  return { kind: 'refusal', name, error: new ApiError('invalidInput', entry.message, [entry]) };
}

/** The decoded path; nothing if it does not start with `/` or has an invalid escape. */
function decodedPath(path: string): string | undefined {
  if (!path.startsWith('/') || /%(?![0-9a-f]{2})/i.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The server's router escapes the path again in a redirect. */
function escaped(path: string): string {
  return path.replaceAll('%', '%25').replaceAll('#', '%2523');
}

function redirect(method: string, location: string): Reply {
  const html = method === 'GET' || method === 'HEAD' ? { 'Content-Type': 'text/html; charset=utf-8' } : {};
  const href = location.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  const body = method === 'GET' ? `<a href="${href}">Temporary Redirect</a>.\n\n` : '';
  return { status: 307, headers: { Location: location, ...html }, body };
}

function badRequest(): Reply {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };
  return { status: 400, headers, body: '400 Bad Request' };
}
