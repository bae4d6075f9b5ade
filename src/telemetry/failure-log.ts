import type { LoggerService } from '@nestjs/common';
import type { VerifyRequest } from '../contracts/verifier.js';
import type { VerificationFailure } from '../errors/verification-failure.js';
import { LoggedOnce, OutageLog } from './outage-log.js';

/** How to fix each status with which Unkey rejects this app. */
const CURES: Record<number, string> = {
  400: 'Unkey rejects what a handler requires: check its permissions, rate limits and tags.',
  401: 'Unkey does not know the root key: check "rootKey" and UNKEY_ROOT_KEY.',
  403: 'The root key is not allowed to verify keys: it is disabled, expired or lacks the permission api.<api id>.verify_key.',
  404: 'There is no Unkey v2 API at this address: check "baseUrl" and UNKEY_BASE_URL.',
  412: 'A rate limit that a handler names exists neither on the key nor on its identity: create it there, or give it a limit and a duration.',
};

const OLD_SERVER =
  'If this Unkey server does not know "keyspaces" yet, remove the option "keyspaces" or update the server.';

/**
 * Logs once that verifications fail and why, instead of once per request: each configuration error once, and each kind
 * of outage once until it is over. Never holds or prints a key.
 */
export class FailureLog {
  readonly #faults = new LoggedOnce();
  readonly #outage: OutageLog;

  /** @param now the clock, in Unix ms */
  constructor(
    private readonly logger: LoggerService,
    now: () => number,
  ) {
    const texts = { begins: 'API keys cannot be verified', ends: 'API keys can be verified again.' };
    this.#outage = new OutageLog(logger, texts, now);
  }

  report(failure: VerificationFailure, request: VerifyRequest): void {
    if (failure.kind === 'unavailable') {
      this.#outage.failed('callers get a 503', failure.reason);
      return;
    }
    const names = failure.status === 412 ? request.ratelimits?.map(({ name }) => name).join(', ') : undefined;
    const id = `${failure.reason} ${names ?? ''}`;
    if (!this.#faults.add(id)) return;
    const cure = cureOf(failure, request);
    this.logger.error(
      `API keys cannot be verified because this app is misconfigured; callers get a 500: ${failure.reason}. ${cure}` +
        (names === undefined ? '' : ` Rate limits of the request: ${names}.`) +
        (failure.requestId === undefined ? '' : ` Unkey's request id: ${failure.requestId}.`),
    );
  }

  /** Reports a failure for which the caller got a stale result instead of a 503. */
  servedStale(failure: VerificationFailure): void {
    this.#outage.failed('callers get stale cached results', failure.reason);
  }

  /** Reports a successful call. */
  answered(): void {
    this.#outage.answered();
  }
}

function cureOf({ status = 0 }: VerificationFailure, { keyspaces }: VerifyRequest): string {
  const cure = CURES[status] ?? 'Check "baseUrl" and any proxy between this app and Unkey.';
  if (keyspaces === undefined) return cure;
  // An older server rejects the property with a 400, or leaves the keyspace out of its response.
  if (status === 400) return `${OLD_SERVER} ${cure}`;
  return status === 0 ? OLD_SERVER : cure;
}
