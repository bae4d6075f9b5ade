import type { ChangeListener } from './changes.js';
import type { Migration } from './records.js';

/** The migrations of the workspace. No operation creates one; only seed files do. */
export class Migrations {
  readonly #byId = new Map<string, Migration>();

  constructor(private readonly changed: ChangeListener) {}

  all(): Iterable<Migration> {
    return this.#byId.values();
  }

  add(migration: Migration): void {
    this.#byId.set(migration.id, migration);
    this.changed('migration', migration.id);
  }

  find(id: string): Migration | undefined {
    return this.#byId.get(id);
  }
}
