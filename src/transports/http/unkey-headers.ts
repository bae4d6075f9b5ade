/**
 * The response headers that this package sends. Pass them to CORS as `exposedHeaders`, so that browsers can read them.
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
