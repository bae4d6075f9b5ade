import { ConflictException, ForbiddenException, Injectable, NotFoundException } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Unkey } from '@unkey/api';
import type { KeyResponseData } from '@unkey/api/models/components';
import { InjectUnkey, type VerifiedKey } from 'nestjs-unkey';
import type { NewKey } from './new-key.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** How many keys a customer may have. Expired keys don't count. */
const MAX_KEYS = 20;

const REQUESTS_PER_MINUTE = { free: 60, pro: 600 };

@Injectable()
export class KeysService {
  readonly #apiId: string;

  constructor(
    @InjectUnkey() private readonly unkey: Unkey,
    config: ConfigService,
  ) {
    this.#apiId = config.getOrThrow('UNKEY_API_ID');
  }

  async list(caller: VerifiedKey) {
    const keys = await this.#keysOf(customerOf(caller));
    return {
      keys: keys.map(({ keyId, start, name, enabled, permissions, createdAt, expires }) => {
        return { keyId, start, name, enabled, permissions, createdAt, expires };
      }),
    };
  }

  async create(caller: VerifiedKey, { name, permissions, expiresInDays }: NewKey) {
    requireAll(caller, permissions);
    const externalId = customerOf(caller);
    requireRoom(await this.#keysOf(externalId));
    const plan = planOf(caller);
    const { data } = await this.unkey.keys.createKey({
      apiId: this.#apiId,
      prefix: 'docs',
      externalId,
      name,
      permissions,
      expires: expiryOf(caller, expiresInDays),
      // Decided by the server: customers cannot choose their own plan and limits.
      meta: { plan },
      ratelimits: [{ name: 'requests', limit: REQUESTS_PER_MINUTE[plan], duration: MINUTE, autoApply: true }],
    });
    return data;
  }

  /** Creates a key with the same settings. The old key works until the grace period ends. */
  async reroll(caller: VerifiedKey, keyId: string, graceMinutes: number) {
    const keys = await this.#keysOf(customerOf(caller));
    const old = find(keys, keyId);
    if (!old.enabled || !isActive(old)) {
      throw new ConflictException('This key is disabled or has expired. Create a new one.');
    }
    // The caller learns the new key, so it must not be able to do more than the caller's key.
    requireAll(caller, old.permissions ?? []);
    if (graceMinutes > 0) requireGrace(old, keys);
    const { data } = await this.unkey.keys.rerollKey({
      keyId: old.keyId,
      expiration: graceOf(old, graceMinutes * MINUTE),
    });
    return data;
  }

  async delete(caller: VerifiedKey, keyId: string): Promise<void> {
    const { keyId: found } = find(await this.#keysOf(customerOf(caller)), keyId);
    if (found === caller.keyId) {
      throw new ConflictException('You are using this key. Delete it with another key, or reroll it.');
    }
    await this.unkey.keys.deleteKey({ keyId: found });
  }

  /** All keys of a customer in this API, and no others. */
  async #keysOf(externalId: string): Promise<KeyResponseData[]> {
    const pages = await this.unkey.apis.listKeys({ apiId: this.#apiId, externalId, limit: 100 });
    const keys: KeyResponseData[] = [];
    for await (const { result } of pages) keys.push(...result.data);
    return keys;
  }
}

/** The identity that the key was verified for. It never comes from the request's path or body. */
function customerOf({ identity }: VerifiedKey): string {
  if (!identity?.externalId) throw new ForbiddenException('This key belongs to no customer.');
  return identity.externalId;
}

/** The same answer for a key that belongs to somebody else as for one that does not exist. */
function find(keys: KeyResponseData[], keyId: string): KeyResponseData {
  const key = keys.find((own) => own.keyId === keyId);
  if (key === undefined) throw new NotFoundException('You have no such key.');
  return key;
}

function requireAll({ permissions: held }: VerifiedKey, permissions: readonly string[]): void {
  const missing = permissions.filter((permission) => !held.includes(permission));
  if (missing.length > 0) {
    throw new ForbiddenException(`Your key does not have these permissions itself: ${missing.join(', ')}.`);
  }
}

/** During a grace period there is one more key, and both keys have all of the old key's credits. */
function requireGrace(old: KeyResponseData, keys: KeyResponseData[]): void {
  if (old.credits !== undefined) {
    throw new ConflictException('This key has credits. Reroll it with "graceMinutes": 0.');
  }
  requireRoom(keys);
}

function requireRoom(keys: KeyResponseData[]): void {
  if (keys.filter(isActive).length >= MAX_KEYS) {
    throw new ConflictException(
      `You already have ${MAX_KEYS} keys. Delete one, or reroll with "graceMinutes": 0.`,
    );
  }
}

function isActive({ expires = Infinity }: KeyResponseData): boolean {
  return expires > Date.now();
}

/** A grace period replaces the key's expiry, so it must not end later. Unkey rounds its end up to a full minute. */
function graceOf({ expires = Infinity }: KeyResponseData, wanted: number): number {
  return Math.max(0, Math.min(wanted, expires - Date.now() - MINUTE));
}

/** A key must not outlive the key that creates it. */
function expiryOf({ expires }: VerifiedKey, days: number | undefined): number | undefined {
  if (days === undefined) return expires;
  return Math.min(expires ?? Infinity, Date.now() + days * DAY);
}

function planOf({ meta }: VerifiedKey): 'free' | 'pro' {
  return meta?.plan === 'pro' ? 'pro' : 'free';
}
