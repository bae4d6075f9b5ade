import type { LoggerService } from '@nestjs/common';

const REJECTED = 'It was rejected without a call to Unkey.';

/** Logs once per kind that a root key was sent as an API key. Never holds or prints a key. */
export class RootKeyLog {
  readonly #reported = new Set<'own' | 'local' | 'alike'>();

  constructor(private readonly logger: LoggerService) {}

  report(presented: 'own' | 'local' | 'alike'): void {
    if (this.#reported.has(presented)) return;
    this.#reported.add(presented);
    if (presented === 'own') {
      this.logger.error(
        `A caller sent this app's own root key as an API key. ${REJECTED} Others know this root key, so rotate it.`,
      );
    } else {
      this.logger.warn(
        presented === 'local'
          ? `A caller sent a key that looks like a root key of the local Unkey server (unkey_dev_…). ${REJECTED}`
          : `A caller sent a key that looks like a root key (unkey_…). ${REJECTED} If it is one, rotate it.`,
      );
    }
  }
}
