import type { Random } from '../domain/random.js';
import { Apis } from './apis.js';
import { Counters } from './counters.js';
import { Identities } from './identities.js';
import { Keys } from './keys.js';
import { Namespaces } from './namespaces.js';
import { Permissions } from './permissions.js';
import type { Migration } from './records.js';
import { Roles } from './roles.js';
import { RootKeys } from './root-keys.js';

/** All that one Unkey workspace holds. Nothing here waits, so every operation is atomic by itself. */
export class Workspace {
  readonly rootKeys = new RootKeys();
  readonly apis: Apis;
  readonly keys = new Keys();
  readonly identities: Identities;
  readonly permissions: Permissions;
  readonly roles: Roles;
  readonly namespaces: Namespaces;
  readonly counters = new Counters();
  readonly migrations = new Map<string, Migration>();

  constructor(readonly random: Random) {
    this.apis = new Apis(random);
    this.identities = new Identities(random);
    this.permissions = new Permissions(random);
    this.roles = new Roles(random);
    this.namespaces = new Namespaces(random);
  }
}
