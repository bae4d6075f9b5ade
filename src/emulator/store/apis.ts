import type { Random } from '../domain/random.js';
import type { ChangeListener } from './changes.js';
import type { Api } from './records.js';
import { SortedList } from './sorted-list.js';

/** What an API may be given beyond its name; only seed files can. */
export interface ApiSettings {
  id?: string | undefined;
  keyspaceId?: string | undefined;
  defaultPrefix?: string | undefined;
  /** Bytes of a key's secret; 16. */
  defaultBytes?: number | undefined;
  ipWhitelist?: readonly string[] | undefined;
  deleteProtection?: boolean | undefined;
}

/** The APIs of the workspace, deleted ones included: keys can still be made in those. */
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

  /** All of them, deleted ones included. */
  all(): Iterable<Api> {
    return this.#byId.values();
  }

  find(id: string): Api | undefined {
    return this.#byId.get(id);
  }

  /** Softly: its keys are no longer found. */
  delete(api: Api): void {
    api.deleted = true;
    this.changed('api', api.id);
  }

  live(id: string): Api | undefined {
    const api = this.#byId.get(id);
    return api?.deleted ? undefined : api;
  }
}
