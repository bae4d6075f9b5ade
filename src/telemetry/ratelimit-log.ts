import type { LoggerService } from '@nestjs/common';
import type { LimitDemand } from '../contracts/limit.js';
import type { VerificationFailure } from '../errors/verification-failure.js';
import { LoggedOnce, OutageLog } from './outage-log.js';

/** How to fix each status with which Unkey rejects this app. */
const CURES: Record<number, string> = {
  400: 'Unkey rejects a rate limit of this app: check its namespace, identifier and numbers.',
  401: 'Unkey does not know the root key: check "rootKey" and UNKEY_ROOT_KEY.',
  403: 'The root key needs the permission ratelimit.*.limit and, for namespaces that do not exist yet, ratelimit.*.create_namespace.',
  404: 'There is no Unkey v2 API at this address: check "baseUrl" and UNKEY_BASE_URL.',
  410: 'The namespace was deleted at Unkey: use another name, or let Unkey restore it.',
};

/**
 * Logs once that rate limits cannot be counted and why, instead of once per request: each configuration error once, and
 * each kind of outage once until it is over. Never holds or prints an identifier.
 */
export class RatelimitLog {
  readonly #faults = new LoggedOnce();
  readonly #outage: OutageLog;

  /** @param now the clock, in Unix ms */
  constructor(
    private readonly logger: LoggerService,
    now: () => number,
  ) {
    const texts = { begins: 'Rate limits cannot be counted', ends: 'Rate limits can be counted again.' };
    this.#outage = new OutageLog(logger, texts, now);
  }

  /** Reports that Unkey rejects this app. */
  rejected(failure: VerificationFailure, demands: readonly LimitDemand[]): void {
    const { reason, status = 0, requestId } = failure;
    const namespaces = [...new Set(demands.map(({ namespace }) => namespace))].join(', ');
    const cure = CURES[status] ?? 'Check "baseUrl" and any proxy between this app and Unkey.';
    if (!this.#faults.add(`${reason} ${namespaces}`)) return;
    this.logger.error(
      `Rate limits cannot be counted because this app is misconfigured; callers get a 500: ${reason}. ${cure} ` +
        `Namespaces of the request: ${namespaces}.` +
        (requestId === undefined ? '' : ` Unkey's request id: ${requestId}.`),
    );
  }

  /** Reports an error in the app's setup. @param fault one sentence without its full stop */
  misconfigured(fault: string): void {
    if (this.#faults.add(fault))
      this.logger.error(`Callers get a 500 because this app is misconfigured: ${fault}.`);
  }

  /** Reports an outage. @param isAllowed whether callers are let through */
  unavailable({ reason }: VerificationFailure, isAllowed: boolean): void {
    this.#outage.failed(isAllowed ? 'callers are let through uncounted' : 'callers get a 503', reason);
  }

  /** Reports a successful call. */
  answered(): void {
    this.#outage.answered();
  }
}
