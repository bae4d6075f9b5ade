/** Why a verification failed, as data. The guard or the service makes the exception from it. */
export interface VerificationFailure {
  /** `misconfigured`: your app is at fault; `unavailable`: Unkey or the network is. */
  readonly kind: 'misconfigured' | 'unavailable';
  /** What happened, for the log. Holds no key and no root key. */
  readonly reason: string;
  /** The HTTP status of Unkey's response, if there was one. */
  readonly status?: number;
  readonly requestId?: string | undefined;
  /** Whether the deadline was exceeded. */
  readonly isLate?: boolean;
  /** Seconds until the next try, if Unkey sent a `Retry-After`. */
  readonly retryAfter?: number | undefined;
}

/** Client errors that are temporary: the request itself was correct. */
const TEMPORARY = new Set([408, 425, 429, 499]);

/** Returns the failure for an HTTP status of Unkey. Call it with a 2xx only if the response could not be read. */
export function failureOfStatus(
  status: number,
  details: Pick<VerificationFailure, 'requestId' | 'retryAfter'> = {},
): VerificationFailure {
  const isRejected = status >= 400 && status < 500 && !TEMPORARY.has(status);
  const readable = status >= 300;
  return {
    kind: isRejected ? 'misconfigured' : 'unavailable',
    reason: readable ? `Unkey returned ${status}` : "Unkey's response cannot be read",
    status,
    ...details,
  };
}
