import type { Meta } from '../domain/meta.js';
import type { Random } from '../domain/random.js';
import type { ChangeListener } from './changes.js';
import type { Identity, NamedRatelimit } from './records.js';
import { type Page, SortedList } from './sorted-list.js';

/** The identities of the workspace. */
export class Identities {
  readonly #byId = new Map<string, Identity>();
  readonly #byExternalId = new Map<string, Identity>();
  readonly #list = new SortedList<Identity>();

  constructor(
    private readonly random: Random,
    private readonly listener: ChangeListener,
  ) {}

  create(externalId: string, meta?: Meta, ratelimits: readonly NamedRatelimit[] = []): Identity {
    const identity: Identity = {
      id: this.random.id('id'),
      externalId,
      keys: new SortedList(),
      meta,
      ratelimits,
      deleted: false,
    };
    return this.add(identity);
  }

  add(identity: Identity): Identity {
    this.#byId.set(identity.id, identity);
    this.#byExternalId.set(identity.externalId, identity);
    this.#list.add(identity);
    this.changed(identity);
    return identity;
  }

  /** The identity with this external id. It is created if it does not exist. */
  obtain(externalId: string): Identity {
    return this.byExternalId(externalId) ?? this.create(externalId);
  }

  byExternalId(externalId: string): Identity | undefined {
    return this.#byExternalId.get(externalId);
  }

  /** By id or external id; ids take precedence. */
  find(idOrExternalId: string): Identity | undefined {
    return this.#byId.get(idOrExternalId) ?? this.#byExternalId.get(idOrExternalId);
  }

  byId(id: string): Identity | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Identity> {
    return this.#byId.values();
  }

  /** Call this after changing an identity in place. */
  changed(identity: Identity): void {
    this.listener('identity', identity.id);
  }

  page(limit: number, cursor?: string, matches?: (identity: Identity) => boolean): Page<Identity> {
    return this.#list.page(limit, cursor, matches);
  }

  /** Deletes an identity. Its keys remain, without an identity. */
  delete(identity: Identity): void {
    identity.deleted = true;
    this.#byId.delete(identity.id);
    this.#byExternalId.delete(identity.externalId);
    this.#list.remove(identity);
    this.changed(identity);
  }
}
