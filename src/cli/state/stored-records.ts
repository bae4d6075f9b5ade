import type { StoredCounter } from '../../emulator/store/counters.js';
import type { RecordKind } from '../../emulator/store/changes.js';
import type { Api, Key, Migration, NamedRatelimit, Override } from '../../emulator/store/records.js';

/** The first line of a state file. */
export interface StateHead {
  readonly kind: 'unkey emulator, version 1';
  readonly rootKey: string;
}

/** Any other line: the new state of a record. Without `data`, the record is deleted. */
export interface StateLine {
  readonly kind: RecordKind;
  readonly id: string;
  readonly data?: object;
}

interface StoredKey extends Pick<
  Key,
  'id' | 'createdAt' | 'hash' | 'start' | 'enabled' | 'refilledTo' | 'ratelimits'
> {
  readonly apiId: string;
  readonly pendingMigration?: string;
  readonly name?: string;
  readonly meta?: object;
  readonly identityId?: string;
  readonly expires?: number;
  readonly updatedAt?: number;
  /** A string of digits, because JSON numbers are rounded. */
  readonly remaining: string | null;
  readonly refill?: {
    readonly interval: 'daily' | 'monthly';
    readonly amount: string;
    readonly refillDay?: number;
  };
  readonly permissions: readonly string[];
  readonly roles: readonly string[];
}

/** The records of a state file by kind. References are ids. */
export interface StoredRecords {
  api: Omit<Api, 'keys' | 'defaultPrefix'> & { readonly defaultPrefix?: string };
  permission: {
    readonly id: string;
    readonly name: string;
    readonly slug: string;
    readonly description?: string;
  };
  role: {
    readonly id: string;
    readonly name: string;
    readonly description?: string;
    readonly permissions: readonly string[];
  };
  identity: {
    readonly id: string;
    readonly externalId: string;
    readonly meta?: object;
    readonly ratelimits: readonly NamedRatelimit[];
  };
  key: StoredKey;
  namespace: { readonly id: string; readonly name: string; readonly overrides: readonly Override[] };
  rootKey: {
    readonly name?: string;
    readonly permissions?: readonly string[];
    readonly enabled: boolean;
    readonly expires?: number;
  };
  migration: Migration;
  counter: StoredCounter;
}
