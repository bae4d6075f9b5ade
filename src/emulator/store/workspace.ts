import type { Random } from '../domain/random.js';
import { Apis } from './apis.js';
import type { ChangeListener } from './changes.js';
import { Counters } from './counters.js';
import { Identities } from './identities.js';
import { Keys } from './keys.js';
import { Migrations } from './migrations.js';
import { Namespaces } from './namespaces.js';
import { Permissions } from './permissions.js';
import { Roles } from './roles.js';
import { RootKeys } from './root-keys.js';

/** The data of one Unkey workspace. Everything is synchronous, so each operation is atomic. */
export class Workspace {
  readonly rootKeys: RootKeys;
  readonly apis: Apis;
  readonly keys: Keys;
  readonly identities: Identities;
  readonly permissions: Permissions;
  readonly roles: Roles;
  readonly namespaces: Namespaces;
  readonly counters: Counters;
  readonly migrations: Migrations;

  /** @param changed called for every change, for example to persist the workspace */
  constructor(
    readonly random: Random,
    changed: ChangeListener = () => undefined,
  ) {
    this.rootKeys = new RootKeys(random, changed);
    this.apis = new Apis(random, changed);
    this.keys = new Keys(changed);
    this.identities = new Identities(random, changed);
    this.permissions = new Permissions(random, changed);
    this.roles = new Roles(random, changed);
    this.namespaces = new Namespaces(random, changed);
    this.counters = new Counters(changed);
    this.migrations = new Migrations(changed);
  }
}
