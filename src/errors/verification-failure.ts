/** Why no verdict was reached, as data; whoever answers the caller makes the exception of it. */
export interface VerificationFailure {
  /** Whose fault it is: `misconfigured` is ours, `unavailable` is Unkey's or the network's. */
  readonly kind: 'misconfigured' | 'unavailable';
  /** What happened, for the log. Holds no key and no root key. */
  readonly reason: string;
  /** The HTTP status of Unkey's refusal, where it gave one. */
  readonly status?: number;
  readonly requestId?: string | undefined;
  /** Whether it is that time was up. */
  readonly isLate?: boolean;
  /** Seconds, where Unkey said when to try again. */
  readonly retryAfter?: number | undefined;
}

/** Client errors that say "not now" rather than "you did it wrong". */
const TEMPORARY = new Set([408, 425, 429, 499]);

/** The failure that an HTTP status of Unkey means. A 2xx that gets here could not be read. */
export function failureOfStatus(
  status: number,
  details: Pick<VerificationFailure, 'requestId' | 'retryAfter'> = {},
): VerificationFailure {
  const refused = status >= 400 && status < 500 && !TEMPORARY.has(status);
  const readable = status >= 300;
  return {
    kind: refused ? 'misconfigured' : 'unavailable',
    reason: readable ? `Unkey answered ${status}` : 'Unkey gave an answer that cannot be read',
    status,
    ...details,
  };
}
