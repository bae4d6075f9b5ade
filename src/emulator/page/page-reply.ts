import { toJson } from '../json-text.js';
import type { Reply } from '../transport/reply.js';

/** Scripts and styles are files of the emulator, nothing is framed, and the script can only make text, never HTML. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Headers of every response of the page. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** A response of the page. */
export function pageReply(status: number, type: string, body: string): Reply {
  return { status, headers: { ...PAGE_HEADERS, 'Content-Type': `${type}; charset=utf-8` }, body };
}

/** A JSON response of the page. */
export function jsonReply(value: unknown, status = 200): Reply {
  return pageReply(status, 'application/json', toJson(value));
}

/** An error response of the page, with the member that Unkey's errors have. */
export function refusalReply(status: number, detail: string): Reply {
  return jsonReply({ error: { detail, status } }, status);
}
