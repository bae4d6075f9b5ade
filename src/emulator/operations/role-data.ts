import type { Permission, Role } from '../store/records.js';
import { permissionsOf, unlessEmpty } from './key-data.js';

/** A permission as responses return it. */
export function permissionData({ description, id, name, slug }: Permission): object {
  return { description, id, name, slug };
}

/** A role as responses return it. */
export function roleData(role: Role): object {
  const { description, id, name } = role;
  return { description, id, name, permissions: unlessEmpty(permissionsOf(role).map(permissionData)) };
}
