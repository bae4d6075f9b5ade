import type { LoggerService } from '@nestjs/common';

const REFUSED = 'It was refused without asking Unkey.';

/** Says once of each kind that a root key was presented as an API key. Never holds or prints a key. */
export class RootKeyLog {
  readonly #said = new Set<'own' | 'local' | 'alike'>();

  constructor(private readonly logger: LoggerService) {}

  report(presented: 'own' | 'local' | 'alike'): void {
    if (this.#said.has(presented)) return;
    this.#said.add(presented);
    if (presented === 'own') {
      this.logger.error(
        `A caller presented this app's own root key as an API key. ${REFUSED} Others know this root key, so it must be rotated.`,
      );
    } else {
      this.logger.warn(
        presented === 'local'
          ? `A caller presented a key that looks like a root key of the local Unkey server (unkey_dev_…). ${REFUSED}`
          : `A caller presented a key that looks like a root key (unkey_…). ${REFUSED} If it is one, it must be rotated.`,
      );
    }
  }
}
