import type { Meta } from '../domain/meta.js';
import type { Random } from '../domain/random.js';
import type { Identity, NamedRatelimit } from './records.js';
import { type Page, SortedList } from './sorted-list.js';

/** The identities of the workspace. */
export class Identities {
  readonly #byId = new Map<string, Identity>();
  readonly #byExternalId = new Map<string, Identity>();
  readonly #list = new SortedList<Identity>();

  constructor(private readonly random: Random) {}

  create(externalId: string, meta?: Meta, ratelimits: readonly NamedRatelimit[] = []): Identity {
    const identity: Identity = {
      id: this.random.id('id'),
      externalId,
      keys: new SortedList(),
      meta,
      ratelimits,
      deleted: false,
    };
    this.#byId.set(identity.id, identity);
    this.#byExternalId.set(externalId, identity);
    this.#list.add(identity);
    return identity;
  }

  byExternalId(externalId: string): Identity | undefined {
    return this.#byExternalId.get(externalId);
  }

  /** By id or external id; the id goes first. */
  find(idOrExternalId: string): Identity | undefined {
    return this.#byId.get(idOrExternalId) ?? this.#byExternalId.get(idOrExternalId);
  }

  page(limit: number, cursor?: string, matches?: (identity: Identity) => boolean): Page<Identity> {
    return this.#list.page(limit, cursor, matches);
  }

  /** Its keys live on, without it. */
  delete(identity: Identity): void {
    identity.deleted = true;
    this.#byId.delete(identity.id);
    this.#byExternalId.delete(identity.externalId);
    this.#list.remove(identity);
  }
}
