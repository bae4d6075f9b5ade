import { accentSensitive } from '../domain/collation.js';
import type { Random } from '../domain/random.js';
import type { Namespace, Override } from './records.js';
import type { ChangeListener } from './changes.js';
import { CollatedMap } from './collated-map.js';
import { SortedList } from './sorted-list.js';
import { matchesWildcard } from '../domain/wildcard.js';

/** The namespaces of the standalone limiter and their overrides. */
export class Namespaces {
  readonly #byId = new Map<string, Namespace>();
  readonly #byName = new CollatedMap<Namespace>(accentSensitive);

  constructor(
    private readonly random: Random,
    private readonly changed: ChangeListener,
  ) {}

  all(): Iterable<Namespace> {
    return this.#byId.values();
  }

  byId(id: string): Namespace | undefined {
    return this.#byId.get(id);
  }

  create(name: string): Namespace {
    return this.add(this.random.id('rlns'), name);
  }

  /** Adds a namespace without overrides. */
  add(id: string, name: string): Namespace {
    const namespace: Namespace = {
      id,
      name,
      overrides: new Map(),
      sameIdentifier: new CollatedMap(accentSensitive),
      patterns: [],
      list: new SortedList(),
    };
    this.#byId.set(namespace.id, namespace);
    this.#byName.set(namespace.name, namespace);
    this.changed('namespace', namespace.id);
    return namespace;
  }

  /** By name or id. */
  find(nameOrId: string): Namespace | undefined {
    return this.#byName.get(nameOrId) ?? this.#byId.get(nameOrId);
  }

  setOverride(namespace: Namespace, identifier: string, limit: number, duration: number): Override {
    this.changed('namespace', namespace.id);
    // Unkey finds an existing override with the database's collation, but applies and deletes overrides by the exact
    // identifier.
    const known = namespace.sameIdentifier.get(identifier);
    if (known) return Object.assign(known, { limit, duration });
    return this.addOverride(namespace, { id: this.random.id('rlor'), identifier, limit, duration });
  }

  addOverride(namespace: Namespace, override: Override): Override {
    const { identifier } = override;
    namespace.overrides.set(identifier, override);
    namespace.sameIdentifier.set(identifier, override);
    namespace.list.add(override);
    if (identifier.includes('*')) {
      namespace.patterns = [...namespace.patterns, override].sort((a, b) =>
        a.identifier < b.identifier ? -1 : 1,
      );
    }
    return override;
  }

  deleteOverride(namespace: Namespace, override: Override): void {
    namespace.overrides.delete(override.identifier);
    namespace.sameIdentifier.delete(override.identifier);
    namespace.list.remove(override);
    this.changed('namespace', namespace.id);
    namespace.patterns = namespace.patterns.filter((pattern) => pattern !== override);
  }

  /** The override for an identifier: the one with exactly this identifier, else the first matching pattern in
   * dictionary order. */
  overrideFor(namespace: Namespace, identifier: string): Override | undefined {
    return (
      namespace.overrides.get(identifier) ??
      namespace.patterns.find((pattern) => matchesWildcard(pattern.identifier, identifier))
    );
  }
}
