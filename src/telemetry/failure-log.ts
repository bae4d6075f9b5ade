import type { LoggerService } from '@nestjs/common';
import type { VerifyRequest } from '../contracts/verifier.js';
import type { VerificationFailure } from '../errors/verification-failure.js';

/** What to do about each way in which Unkey refuses us. */
const CURES: Record<number, string> = {
  400: 'Unkey cannot read what a handler demands: check its permissions, rate limits and tags.',
  401: 'Unkey does not know the root key: check "rootKey" and UNKEY_ROOT_KEY.',
  403: 'Unkey does not let the root key verify: it is disabled, expired or lacks api.<api id>.verify_key.',
  404: 'There is no Unkey v2 API at this address: check "baseUrl" and UNKEY_BASE_URL.',
  412: 'A rate limit that a handler demands exists neither on the key nor on its identity: create it there, or give it a limit and a duration.',
};

const OLD_SERVER =
  'If this Unkey server does not know "keyspaces" yet, remove the option "keyspaces" or update the server.';

/** An outage is over when nothing has failed for so long, in ms: until then failures and answers may alternate. */
const QUIET = 10_000;

/**
 * Says once that verification fails and why, not once per request: our own faults once per kind, an outage once
 * per kind until it is over. Never holds or prints a key.
 */
export class FailureLog {
  readonly #faults = new Set<string>();
  readonly #outage = new Set<string>();

  #lastOutage = 0;

  /** @param now the clock, in Unix ms */
  constructor(
    private readonly logger: LoggerService,
    private readonly now: () => number,
  ) {}

  report(failure: VerificationFailure, request: VerifyRequest): void {
    if (failure.kind === 'unavailable') {
      this.#outageOf('callers get a 503', failure);
      return;
    }
    const names = failure.status === 412 ? request.ratelimits?.map(({ name }) => name).join(', ') : undefined;
    const id = `${failure.reason} ${names ?? ''}`;
    if (!isNew(this.#faults, id)) return;
    const cure = cureOf(failure, request);
    this.logger.error(
      `Keys cannot be verified because of this app's own configuration, callers get a 500: ${failure.reason}. ${cure}` +
        (names === undefined ? '' : ` Rate limits asked for: ${names}.`) +
        (failure.requestId === undefined ? '' : ` Unkey's request id: ${failure.requestId}.`),
    );
  }

  /** A failure of which the caller saw nothing, since a stale answer stood in for it. */
  covered(failure: VerificationFailure): void {
    this.#outageOf('remembered answers stand in', failure);
  }

  /** Unkey gave an answer. */
  answered(): void {
    if (this.#outage.size === 0 || this.now() - this.#lastOutage < QUIET) return;
    this.#outage.clear();
    this.logger.log?.('Keys can be verified again.');
  }

  #outageOf(consequence: string, { reason }: VerificationFailure): void {
    this.#lastOutage = this.now();
    if (!isNew(this.#outage, `${consequence}: ${reason}`)) return;
    this.logger.warn(`Keys cannot be verified, ${consequence}: ${reason}.`);
  }
}

function cureOf({ status = 0 }: VerificationFailure, { keyspaces }: VerifyRequest): string {
  const cure = CURES[status] ?? 'Check "baseUrl" and what stands between this app and Unkey.';
  if (keyspaces === undefined) return cure;
  // An older server refuses the member with 400, or leaves the keyspace out of its answer.
  if (status === 400) return `${OLD_SERVER} ${cure}`;
  return status === 0 ? OLD_SERVER : cure;
}

function isNew(seen: Set<string>, id: string): boolean {
  // Bounded: names come from handlers, but a reason may hold what a proxy made up.
  if (seen.has(id) || seen.size >= 100) return false;
  seen.add(id);
  return true;
}
