import { accentInsensitive } from '../domain/collation.js';
import type { Random } from '../domain/random.js';
import type { ChangeListener } from './changes.js';
import { CollatedMap } from './collated-map.js';
import type { Permission, Role } from './records.js';
import { type Page, SortedList } from './sorted-list.js';

/** The roles of the workspace. Names are unique, ignoring letter case and accents. */
export class Roles {
  readonly #byId = new Map<string, Role>();
  readonly #byName = new CollatedMap<Role>(accentInsensitive);
  readonly #list = new SortedList<Role>();

  constructor(
    private readonly random: Random,
    private readonly listener: ChangeListener,
  ) {}

  create(name: string, description: string | undefined, permissions: readonly Permission[]): Role {
    const role: Role = {
      id: this.random.id('role'),
      name,
      description: description === '' ? undefined : description,
      permissions,
      deleted: false,
    };
    return this.add(role);
  }

  add(role: Role): Role {
    this.#byId.set(role.id, role);
    this.#byName.set(role.name, role);
    this.#list.add(role);
    this.changed(role);
    return role;
  }

  byId(id: string): Role | undefined {
    return this.#byId.get(id);
  }

  /** By name, ignoring letter case and accents. */
  byName(name: string): Role | undefined {
    return this.#byName.get(name);
  }

  /** By the exact name, as key operations look roles up. */
  byExactName(name: string): Role | undefined {
    const role = this.byName(name);
    return role?.name === name ? role : undefined;
  }

  /** By id, or by name ignoring letter case and accents. */
  find(idOrName: string): Role | undefined {
    return this.#byId.get(idOrName) ?? this.byName(idOrName);
  }

  all(): Iterable<Role> {
    return this.#byId.values();
  }

  /** Call this after changing a role in place. */
  changed(role: Role): void {
    this.listener('role', role.id);
  }

  page(limit: number, cursor?: string, matches?: (role: Role) => boolean): Page<Role> {
    return this.#list.page(limit, cursor, matches);
  }

  delete(role: Role): void {
    role.deleted = true;
    this.#byId.delete(role.id);
    this.#byName.delete(role.name);
    this.#list.remove(role);
    this.changed(role);
  }
}
