import type { Logger } from '@nestjs/common';
import { UnkeyMisconfiguredException } from '../errors/unkey-misconfigured.exception.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** Errors in the app's setup that make requests indistinguishable. Each is logged once. */
export class SetupFaults {
  readonly #reported = new Set<string>();

  constructor(
    private readonly options: Pick<ResolvedUnkeyOptions, 'statuses'>,
    private readonly logger: Logger,
  ) {}

  /** Returns the exception that denies a request of such an app, and logs the error once. */
  report(fault: string): UnkeyMisconfiguredException {
    if (!this.#reported.has(fault)) {
      this.#reported.add(fault);
      this.logger.error(`Callers get a 500 because this app is misconfigured: ${fault}.`);
    }
    const status = this.options.statuses.UNKEY_MISCONFIGURED;
    return new UnkeyMisconfiguredException({ status, cause: new Error(fault) });
  }
}
