/** Every code that an answer of this module can carry; see {@link DENIALS}. */
export type DenialCode = keyof typeof DENIALS;

/** What the caller sees for one code. */
export interface Denial {
  /** The HTTP status, before the `statuses` option. */
  readonly status: number;
  /** One sentence for the caller; says nothing that the code does not. */
  readonly message: string;
  /** The `error` parameter of the challenge (RFC 6750 §3.1), where one belongs. */
  readonly challenge?: 'invalid_token' | 'insufficient_scope';
}

/**
 * The one place that says how a refusal looks to the caller. Guard, problem details, tests and documentation
 * read it; the `statuses` option changes the numbers.
 */
export const DENIALS = {
  MISSING_KEY: { status: 401, message: 'An API key is required.' },
  MALFORMED_KEY: { status: 401, message: 'This cannot be an API key.', challenge: 'invalid_token' },
  NOT_FOUND: { status: 401, message: 'The API key is not valid.', challenge: 'invalid_token' },
  EXPIRED: { status: 401, message: 'The API key has expired.', challenge: 'invalid_token' },
  DISABLED: { status: 401, message: 'The API key is disabled.', challenge: 'invalid_token' },
  INSUFFICIENT_PERMISSIONS: {
    status: 403,
    message: 'The API key lacks a permission that this call needs.',
    challenge: 'insufficient_scope',
  },
  FORBIDDEN: { status: 403, message: 'The API key may not be used here.' },
  RATE_LIMITED: { status: 429, message: 'The API key has reached its rate limit.' },
  USAGE_EXCEEDED: { status: 429, message: 'The API key has no credits left for this call.' },
  UNKEY_MISCONFIGURED: {
    status: 500,
    message: 'API keys cannot be verified because of a fault on our side.',
  },
  UNKEY_UNAVAILABLE: {
    status: 503,
    message: 'API keys cannot be verified right now. Please try again.',
  },
} as const satisfies Record<string, Denial>;

/** Whether the table has a row of its own for `code`. */
export function isDenialCode(code: string): code is DenialCode {
  return Object.hasOwn(DENIALS, code);
}

/** The row of `code`; a code that nobody knows yet looks like `FORBIDDEN`. */
export function denialOf(code: string): Denial {
  return isDenialCode(code) ? DENIALS[code] : DENIALS.FORBIDDEN;
}
