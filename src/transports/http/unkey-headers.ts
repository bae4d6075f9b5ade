/**
 * The response headers that code in a browser may want to read. Pass them to CORS, which hides all others.
 *
 * @example app.enableCors({ origin: 'https://app.acme.example', exposedHeaders: UNKEY_HEADERS })
 */
export const UNKEY_HEADERS: string[] = [
  'WWW-Authenticate',
  'Retry-After',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit',
  'RateLimit-Policy',
];
