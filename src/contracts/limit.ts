/** One rate limit to count against, as `UnkeyService.limit()` takes it. */
export interface LimitDemand {
  /** The namespace in which the limit counts: 1 to 512 characters. Unkey creates it when it is first used. */
  namespace: string;
  /** Who is limited: 1 to 512 characters. Each identifier has its own count. */
  identifier: string;
  /** How many units can be used per `duration`: a whole number of at least 1. */
  limit: number;
  /** The length of the window in ms: a whole number from 1000 to 2,592,000,000 (30 days). */
  duration: number;
  /** How many units this call uses: a whole number of at least 0. Default: 1. */
  cost?: number | undefined;
}

/** The result of counting one rate limit. */
export interface CountedLimit {
  readonly namespace: string;
  readonly identifier: string;
  /** The limit that applied: the requested one, or that of an override at Unkey. */
  readonly limit: number;
  /** What is left in this window. */
  readonly remaining: number;
  /** When the window ends, in Unix ms. */
  readonly reset: number;
  /** Whether this limit alone would have let the call through. */
  readonly passed: boolean;
  /** The id of the override that replaced the limit; absent if there is none. */
  readonly overrideId?: string;
}

/** The result of `UnkeyService.limit()`. */
export interface LimitAnswer {
  /** Whether all limits passed. If one did not, none was counted. */
  readonly passed: boolean;
  /** One entry for each requested limit, in the same order. */
  readonly limits: readonly CountedLimit[];
}

/** A result, and Unkey's id of the call. */
export interface CountedLimits {
  readonly answer: LimitAnswer;
  readonly requestId: string | undefined;
}

/** What happens if Unkey returns no usable response: the call is denied with a 503, or it is let through uncounted. */
export type OnUnavailable = 'deny' | 'allow';
