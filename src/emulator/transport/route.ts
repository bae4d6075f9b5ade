import { operations } from '../operations/operations.js';
import type { Operation } from '../operations/operation.js';
import { ApiError } from '../api-error.js';
import { plainText, type Reply } from './reply.js';

/** Where a request leads: to an operation, a page without one, a refusal, or a plain answer. */
export type Route =
  | { readonly kind: 'operation'; readonly name: string; readonly operation: Operation }
  | { readonly kind: 'liveness' | 'health'; readonly name: string }
  | { readonly kind: 'refusal'; readonly name: string; readonly error: ApiError }
  | { readonly kind: 'reply'; readonly name: string; readonly reply: Reply };

const PREFIX = '/v2/';
const HEALTH: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/health/startup']);

/** Finds the route of a request. Paths are exact: letter case, no trailing slash. */
export function findRoute(method: string, url: string): Route {
  const path = pathOf(url);
  const name = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path;
  const operation = path.startsWith(PREFIX) ? operations.get(name) : undefined;
  if (operation) {
    return method === 'POST' ? { kind: 'operation', name, operation } : wrongMethod(name, 'POST');
  }
  const kind = path === '/v2/liveness' ? 'liveness' : HEALTH.has(path) ? 'health' : undefined;
  if (kind) return method === 'GET' || method === 'HEAD' ? { kind, name } : wrongMethod(name, 'GET, HEAD');
  const clean = cleanPath(path);
  if (clean !== path) {
    const reply = { status: 307, headers: { Location: clean + url.slice(path.length) }, body: '' };
    return { kind: 'reply', name, reply };
  }
  return (
    encodedOperation(method, path, name) ?? {
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
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}

function cleanPath(path: string): string {
  if (!/\/\/|\/\.\.?(?:\/|$)/.test(path)) return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const end = /(?:\/|\/\.\.?)$/.test(path) && segments.length > 0 ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

/** An operation's path with escaped characters: the router finds it, the check of the request does not. */
function encodedOperation(method: string, path: string, name: string): Route | undefined {
  if (!path.includes('%') || method !== 'POST') return undefined;
  const decoded = decoded_(path);
  if (!decoded.startsWith(PREFIX) || !operations.has(decoded.slice(PREFIX.length))) return undefined;
  const entry = { location: 'path', message: `There is no path '${decoded}' in this spelling.` };
  return { kind: 'refusal', name, error: new ApiError('invalidInput', entry.message, [entry]) };
}

function decoded_(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
