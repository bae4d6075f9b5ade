/** Every code that this module can deny a request with; see {@link DENIALS}. */
export type DenialCode = keyof typeof DENIALS;

/** What the caller gets for one code. */
export interface Denial {
  /** The HTTP status, before the `statuses` option. */
  readonly status: number;
  /** One sentence for the caller. It reveals no more than the code. */
  readonly message: string;
  /** The `error` parameter of `WWW-Authenticate` (RFC 6750 §3.1), if the code has one. */
  readonly challenge?: 'invalid_token' | 'insufficient_scope';
}

/**
 * The status and the message for each code. The guard, problem details, tests and documentation read this table. The
 * `statuses` option changes the statuses.
 */
export const DENIALS = {
  MISSING_KEY: { status: 401, message: 'An API key is required.' },
  MALFORMED_KEY: { status: 401, message: 'The API key is malformed.', challenge: 'invalid_token' },
  NOT_FOUND: { status: 401, message: 'The API key is not valid.', challenge: 'invalid_token' },
  EXPIRED: { status: 401, message: 'The API key has expired.', challenge: 'invalid_token' },
  DISABLED: { status: 401, message: 'The API key is disabled.', challenge: 'invalid_token' },
  INSUFFICIENT_PERMISSIONS: {
    status: 403,
    message: 'The API key lacks a permission that this request needs.',
    challenge: 'insufficient_scope',
  },
  FORBIDDEN: { status: 403, message: 'The API key may not be used here.' },
  RATE_LIMITED: { status: 429, message: 'The API key has exceeded its rate limit.' },
  USAGE_EXCEEDED: { status: 429, message: 'The API key has too few credits left for this request.' },
  UNKEY_MISCONFIGURED: {
    status: 500,
    message: 'API keys cannot be verified because this server is misconfigured.',
  },
  UNKEY_UNAVAILABLE: {
    status: 503,
    message: 'API keys cannot be verified right now. Please try again.',
  },
} as const satisfies Record<string, Denial>;

/** Whether the table has a row for `code`. */
export function isDenialCode(code: string): code is DenialCode {
  return Object.hasOwn(DENIALS, code);
}

/** Returns the row for `code`. A code that this version does not know is treated like `FORBIDDEN`. */
export function denialOf(code: string): Denial {
  return isDenialCode(code) ? DENIALS[code] : DENIALS.FORBIDDEN;
}
