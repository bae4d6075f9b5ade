import type { Random } from '../domain/random.js';
import type { ChangeListener } from './changes.js';
import type { Permission } from './records.js';
import { type Page, SortedList } from './sorted-list.js';

/** The permissions of the workspace. Slugs are unique, ignoring letter case. */
export class Permissions {
  readonly #byId = new Map<string, Permission>();
  readonly #bySlug = new Map<string, Permission>();
  readonly #list = new SortedList<Permission>();

  constructor(
    private readonly random: Random,
    private readonly listener: ChangeListener,
  ) {}

  create(slug: string, name = slug, description?: string): Permission {
    const permission: Permission = {
      id: this.random.id('perm'),
      name,
      slug,
      description: description === '' ? undefined : description,
      deleted: false,
    };
    return this.add(permission);
  }

  add(permission: Permission): Permission {
    this.#byId.set(permission.id, permission);
    this.#bySlug.set(permission.slug.toLowerCase(), permission);
    this.#list.add(permission);
    this.changed(permission);
    return permission;
  }

  /** By slug, ignoring letter case. */
  bySlug(slug: string): Permission | undefined {
    return this.#bySlug.get(slug.toLowerCase());
  }

  /** By id, or by slug ignoring letter case. */
  find(idOrSlug: string): Permission | undefined {
    return this.#byId.get(idOrSlug) ?? this.bySlug(idOrSlug);
  }

  byId(id: string): Permission | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Permission> {
    return this.#byId.values();
  }

  /** Call this after changing a permission in place. */
  changed(permission: Permission): void {
    this.listener('permission', permission.id);
  }

  page(limit: number, cursor?: string, matches?: (permission: Permission) => boolean): Page<Permission> {
    return this.#list.page(limit, cursor, matches);
  }

  delete(permission: Permission): void {
    permission.deleted = true;
    this.#byId.delete(permission.id);
    this.#bySlug.delete(permission.slug.toLowerCase());
    this.#list.remove(permission);
    this.changed(permission);
  }
}
