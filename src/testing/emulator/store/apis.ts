import type { Random } from '../domain/random.js';
import type { Api } from './records.js';
import { SortedList } from './sorted-list.js';

/** What an API may be given beyond its name; only seed files can. */
export interface ApiSettings {
  id?: string | undefined;
  defaultPrefix?: string | undefined;
  /** Bytes of a key's secret; 16. */
  defaultBytes?: number | undefined;
  ipWhitelist?: readonly string[] | undefined;
  deleteProtection?: boolean | undefined;
}

/** The APIs of the workspace, deleted ones included: keys can still be made in those. */
export class Apis {
  readonly #byId = new Map<string, Api>();

  constructor(private readonly random: Random) {}

  create(name: string, settings: ApiSettings = {}): Api {
    const api: Api = {
      id: settings.id ?? this.random.id('api'),
      name,
      keyspaceId: this.random.id('ks'),
      defaultPrefix: settings.defaultPrefix,
      defaultBytes: settings.defaultBytes ?? 16,
      ipWhitelist: settings.ipWhitelist ?? [],
      deleteProtection: settings.deleteProtection ?? false,
      keys: new SortedList(),
      deleted: false,
    };
    this.#byId.set(api.id, api);
    return api;
  }

  find(id: string): Api | undefined {
    return this.#byId.get(id);
  }

  live(id: string): Api | undefined {
    const api = this.#byId.get(id);
    return api?.deleted ? undefined : api;
  }
}
