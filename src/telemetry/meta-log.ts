import type { LoggerService } from '@nestjs/common';
import type { MetaFault } from '../contracts/meta-fault.js';

/** How many faults are remembered, so that each is logged once. */
const MAX_REMEMBERED = 1000;

/** Logs which keys have meta that does not match the schema, once for each key and place. Never prints a value. */
export class MetaLog {
  readonly #reported = new Set<string>();

  constructor(private readonly logger: LoggerService) {}

  report({ keyId, paths, reason }: MetaFault): void {
    // Names of properties come from the data, so they are quoted.
    const places = paths.map((path) => JSON.stringify(path)).join(', ');
    const id = JSON.stringify([keyId, places, reason]);
    if (this.#reported.has(id)) return;
    if (this.#reported.size >= MAX_REMEMBERED) this.#reported.clear();
    this.#reported.add(id);
    const what = reason === undefined ? 'does not match its schema' : `cannot be checked, because ${reason}`;
    this.logger.error(
      `The meta of key ${keyId ?? '(without an id)'} ${what}; callers get a 500. Where: ${places}. ` +
        'Change the meta in Unkey, or the options "metaSchema" and "identityMetaSchema".',
    );
  }
}
