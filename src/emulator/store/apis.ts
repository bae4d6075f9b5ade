import type { Random } from '../domain/random.js';
import type { ChangeListener } from './changes.js';
import type { Api } from './records.js';
import { SortedList } from './sorted-list.js';

/** Settings of an API besides its name; only seed files set them. */
export interface ApiSettings {
  id?: string | undefined;
  keyspaceId?: string | undefined;
  defaultPrefix?: string | undefined;
  /** Bytes of a key's secret. Default 16. */
  defaultBytes?: number | undefined;
  ipWhitelist?: readonly string[] | undefined;
  deleteProtection?: boolean | undefined;
}

/** The APIs of the workspace, including deleted ones: keys can still be created in those. */
export class Apis {
  readonly #byId = new Map<string, Api>();

  constructor(
    private readonly random: Random,
    private readonly changed: ChangeListener,
  ) {}

  create(name: string, settings: ApiSettings = {}): Api {
    const api: Api = {
      id: settings.id ?? this.random.id('api'),
      name,
      keyspaceId: settings.keyspaceId ?? this.random.id('ks'),
      defaultPrefix: settings.defaultPrefix,
      defaultBytes: settings.defaultBytes ?? 16,
      ipWhitelist: settings.ipWhitelist ?? [],
      deleteProtection: settings.deleteProtection ?? false,
      keys: new SortedList(),
      deleted: false,
    };
    return this.add(api);
  }

  add(api: Api): Api {
    this.#byId.set(api.id, api);
    this.changed('api', api.id);
    return api;
  }

  /** All APIs, including deleted ones. */
  all(): Iterable<Api> {
    return this.#byId.values();
  }

  find(id: string): Api | undefined {
    return this.#byId.get(id);
  }

  /** Soft delete: the API stays in the store, but its keys are no longer found. */
  delete(api: Api): void {
    api.deleted = true;
    this.changed('api', api.id);
  }

  live(id: string): Api | undefined {
    const api = this.#byId.get(id);
    return api?.deleted ? undefined : api;
  }
}
