import { describe, expect, it } from 'vitest';
import { operations } from '../../emulator/operations/operations.js';
import { invalidatedBy } from './invalidated-by.js';

/** What each operation invalidates; `key`: the key that it names. */
const OPERATIONS: Readonly<Record<string, 'key' | 'everything' | 'nothing'>> = {
  'analytics.getVerifications': 'nothing',
  'apis.createApi': 'everything',
  'apis.deleteApi': 'everything',
  'apis.getApi': 'nothing',
  'apis.listKeys': 'nothing',
  'identities.createIdentity': 'everything',
  'identities.deleteIdentity': 'everything',
  'identities.getIdentity': 'nothing',
  'identities.listIdentities': 'nothing',
  'identities.updateIdentity': 'everything',
  'keys.addPermissions': 'key',
  'keys.addRoles': 'key',
  'keys.createKey': 'nothing',
  'keys.deleteKey': 'key',
  'keys.getKey': 'nothing',
  'keys.migrateKeys': 'key',
  'keys.removePermissions': 'key',
  'keys.removeRoles': 'key',
  'keys.rerollKey': 'key',
  'keys.setPermissions': 'key',
  'keys.setRoles': 'key',
  'keys.updateCredits': 'key',
  'keys.updateKey': 'key',
  'keys.verifyKey': 'nothing',
  'keys.whoami': 'nothing',
  'permissions.createPermission': 'everything',
  'permissions.createRole': 'everything',
  'permissions.deletePermission': 'everything',
  'permissions.deleteRole': 'everything',
  'permissions.getPermission': 'nothing',
  'permissions.getRole': 'nothing',
  'permissions.listPermissions': 'nothing',
  'permissions.listRoles': 'nothing',
  'permissions.setRolePermissions': 'everything',
  'ratelimit.deleteOverride': 'nothing',
  'ratelimit.getOverride': 'nothing',
  'ratelimit.limit': 'nothing',
  'ratelimit.listOverrides': 'nothing',
  'ratelimit.multiLimit': 'nothing',
  'ratelimit.setOverride': 'nothing',
};

describe('what a call through the client of the module invalidates', () => {
  it.each(Object.entries(OPERATIONS))('%s: %s', (operation, expected) => {
    const byName = invalidatedBy(`/v2/${operation}`, JSON.stringify({ keyId: 'key_1' }));
    const outcomes = { key: { keyId: 'key_1' }, everything: 'everything', nothing: undefined };
    expect(byName).toEqual(outcomes[expected]);
    // Without a readable key id, it can be any key.
    const anyKey = expected === 'nothing' ? undefined : 'everything';
    for (const body of ['{}', '{"keyId":7}', 'no JSON']) {
      expect(invalidatedBy(`/v2/${operation}`, body)).toBe(anyKey);
    }
  });

  it('the table lists every operation', () => {
    expect(Object.keys(OPERATIONS).toSorted()).toEqual([...operations.keys()].toSorted());
  });

  it('an unknown operation: everything', () => {
    expect(invalidatedBy('/v2/keys.burnAll', '{}')).toBe('everything');
    expect(invalidatedBy('/prefix/v2/keys.deleteKey', '{"keyId":"key_1"}')).toEqual({ keyId: 'key_1' });
  });
});
