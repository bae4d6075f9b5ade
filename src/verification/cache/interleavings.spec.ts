import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../outcome.js';
import { keyHashOf } from './entry-id.js';
import { VerificationCache, type CacheOptions } from './verification-cache.js';

/*
 * The invariants:
 *
 * - After Unkey denied a key to an instance (NOT_FOUND, DISABLED or EXPIRED), the instance returns no successful
 *   verification of that key that was requested earlier: not from memory, a call in flight or the store, nor in an outage.
 * - After the denial is in the store as a mark, no instance uses an older result from the store.
 * - After the store is idle, no instance gets a result from it that was stored before the denial.
 * - A key that was never valid gets no mark.
 *
 * A seeded random schedule decides what happens next: a request arrives, Unkey decides about a call, its response arrives,
 * the store carries out a call, its response arrives, time passes, a key is denied or becomes valid again.
 */
const SCHEDULES = 500;
const STEPS = 120;
const SECOND = 1000;
const ENDS = ['NOT_FOUND', 'DISABLED', 'EXPIRED'] as const;
const NEVER_VALID = 'never-valid';

interface Profile {
  readonly instances: number;
  readonly hasStore: boolean;
  /** The maximum number of concurrent calls. */
  readonly concurrency: number;
  readonly max: number;
  /** How often a call to Unkey or the store fails, from 0 to 1. */
  readonly faults: number;
}

/** The three places where a denial could be missed, each alone, and all together. */
const PROFILES: readonly (readonly [string, Profile])[] = [
  ['in the store', { instances: 2, hasStore: true, concurrency: 1, max: 100, faults: 0 }],
  ['in memory', { instances: 1, hasStore: false, concurrency: 1, max: 2, faults: 0 }],
  ['in flight', { instances: 1, hasStore: false, concurrency: 6, max: 100, faults: 0 }],
  ['anywhere', { instances: 2, hasStore: true, concurrency: 8, max: 3, faults: 0.03 }],
];

beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterAll(() => void vi.useRealTimers());

describe.each(PROFILES)('the denial of a key applies to every earlier result %s', (_, profile) => {
  it(`in ${SCHEDULES} random schedules`, async () => {
    const first = Number(process.env['SEED'] ?? 1);
    const count = process.env['SEED'] === undefined ? SCHEDULES : 1;
    const served = { cache: 0, stale: 0, shared: 0 };
    for (let seed = first; seed < first + count; seed++) {
      const schedule = new Schedule(seed, profile);
      await schedule.run();
      expect(schedule.faults, `reproduce with SEED=${seed}`).toEqual([]);
      served.cache += schedule.served.cache;
      served.stale += schedule.served.stale;
      served.shared += schedule.served.shared;
    }
    // A cache without hits would not violate the invariants either.
    const most = count > 1 ? served : { cache: 1, stale: 1, shared: 1 };
    expect(most.cache).toBeGreaterThan(0);
    expect(most.stale).toBeGreaterThan(profile.faults > 0 ? 0 : -1);
    expect(most.shared).toBeGreaterThan(profile.hasStore ? 0 : -1);
  }, 60_000);
});

/** A successful verification, identified by its request id. */
interface ValidResult {
  readonly instance: number;
  readonly requestedStep: number;
  readonly requestedAt: number;
}

interface Instance {
  readonly cache: VerificationCache;
  /** The step in which Unkey denied a key to this instance. */
  readonly deniedAt: Map<string, number>;
  /** The step in which it first read this result from the store. */
  readonly read: Map<string, number>;
}

interface Entry {
  readonly value: string;
  readonly until: number;
}

class Schedule {
  readonly faults: string[] = [];
  /** ValidResultes from memory, in an outage, and of another instance. */
  readonly served = { cache: 0, stale: 0, shared: 0 };
  readonly #random: () => number;
  readonly #pending: (() => void)[] = [];
  readonly #instances: Instance[];
  readonly #states = new Map<string, string>();
  readonly #results = new Map<string, ValidResult>();
  readonly #store = new Map<string, Entry>();
  /** The marks that were written: the key's name in the store, the step, and the time in the mark. */
  readonly #marks: { readonly name: string; readonly step: number; readonly at: number }[] = [];
  /** The step in which the store first got the flag that it may hold entries of a key. */
  readonly #flagged = new Map<string, number>();
  #now = Date.UTC(2027, 0, 1);
  #step = 0;
  #running = 0;
  #isDraining = false;

  constructor(
    seed: number,
    private readonly profile: Profile,
  ) {
    this.#random = randomOf(seed);
    this.#instances = Array.from({ length: profile.instances }, (_, n) => this.#instance(n));
  }

  async run(): Promise<void> {
    for (let n = 0; n < STEPS; n++) {
      this.#next();
      await settle();
    }
    await this.#drain();
    await this.#checkIdleStore();
    vi.clearAllTimers();
  }

  #next(): void {
    this.#step += 1;
    const roll = this.#random();
    if (roll < 0.25 && this.#running < this.profile.concurrency)
      void this.#verify(this.#anyOf(this.#instances));
    else if (roll < 0.9) this.#act();
    else if (roll < 0.97) this.#pass(this.#anyOf([1, 1, 30, SECOND, 3 * SECOND]));
    else this.#states.set('key', this.#random() < 0.3 ? 'VALID' : this.#anyOf(ENDS));
  }

  /** Carries out a pending action, usually the oldest one. */
  #act(): void {
    const at = this.#random() < 0.6 ? 0 : Math.floor(this.#random() * this.#pending.length);
    const [action] = this.#pending.splice(at, 1);
    action?.();
  }

  #pass(ms: number): void {
    this.#now += ms;
    vi.advanceTimersByTime(ms);
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    for (let quiet = 0; quiet < 3;) {
      this.#step += 1;
      if (this.#pending.length > 0) this.#act();
      else {
        this.#pass(SECOND);
        quiet += 1;
      }
      await settle();
      if (this.#pending.length > 0) quiet = 0;
    }
  }

  async #verify(instance: Instance): Promise<void> {
    const key = this.#anyOf(['key', 'key', 'key', 'key', NEVER_VALID, 'other-1', 'other-2']);
    const permissions = this.#anyOf([undefined, 'a', 'b']);
    const begun = this.#step;
    this.#running += 1;
    const outcome = await this.#obtain(instance, key, permissions);
    this.#running -= 1;
    if ('verification' in outcome && outcome.verification.valid) this.#check(instance, key, begun, outcome);
  }

  async #obtain(instance: Instance, key: string, permissions: string | undefined): Promise<Outcome> {
    const request = permissions === undefined ? { key } : { key, permissions };
    return instance.cache.obtain({ request, caller: undefined }, 60 * SECOND, () =>
      this.#ask(this.#instances.indexOf(instance), key),
    );
  }

  #check(instance: Instance, key: string, begun: number, outcome: Outcome & { verification: object }): void {
    const { requestId = '', source } = outcome.verification as { requestId?: string; source?: string };
    if (source === 'cache' || source === 'stale') this.served[source] += 1;
    const result = this.#results.get(requestId);
    const deniedAt = instance.deniedAt.get(key) ?? 0;
    const n = this.#instances.indexOf(instance);
    if (result !== undefined && result.instance !== n) this.served.shared += 1;
    if (result === undefined) this.faults.push(`instance ${n} got a result that Unkey never returned`);
    else if (deniedAt <= begun && result.requestedStep < deniedAt) {
      this.faults.push(
        `instance ${n}: denied in step ${deniedAt}, verified in step ${begun}, got a result requested in step ${result.requestedStep}`,
      );
    } else if (
      result.instance !== n &&
      this.#isMarked(key, result, instance.read.get(requestId) ?? Infinity)
    ) {
      this.faults.push(
        `instance ${n} used a result requested in step ${result.requestedStep} from the store despite its mark`,
      );
    }
  }

  #isMarked(key: string, result: ValidResult, read: number): boolean {
    const name = keyHashOf(key);
    return this.#marks.some(
      (mark) => mark.name === name && mark.step < read && result.requestedAt <= mark.at,
    );
  }

  /** A new instance gets no result from the store that was stored before another instance was denied the key. */
  async #checkIdleStore(): Promise<void> {
    const neverValid = keyHashOf(NEVER_VALID);
    if (this.#marks.some(({ name }) => name === neverValid))
      this.faults.push('a key that was never valid got a mark');
    if (!this.profile.hasStore) return;
    const fresh = this.#instance(this.#instances.length);
    this.#instances.push(fresh);
    this.#states.set('key', 'OUTAGE');
    for (const permissions of [undefined, 'a', 'b']) {
      const obtained = this.#obtain(fresh, 'key', permissions);
      await this.#drain();
      const outcome = await obtained;
      const result =
        'verification' in outcome ? this.#results.get(outcome.verification.requestId ?? '') : undefined;
      const deniedAt = Math.max(...this.#instances.map((instance) => instance.deniedAt.get('key') ?? 0));
      const flagged = this.#flagged.get(keyHashOf('key')) ?? Infinity;
      if (result !== undefined && result.requestedStep < deniedAt && flagged < deniedAt) {
        this.faults.push(
          `the store still returns a result requested in step ${result.requestedStep}, the key was denied in step ${deniedAt}`,
        );
      }
    }
  }

  /** A call to Unkey. It is made in one step, decided in a later one, and its response arrives in a still later one. */
  async #ask(n: number, key: string): Promise<Outcome> {
    const requested = { instance: n, requestedStep: this.#step, requestedAt: this.#now };
    await this.#turn();
    const outcome = this.#decide(key, requested);
    await this.#turn();
    const isEnd = 'verification' in outcome && ENDS.some((code) => code === outcome.verification.code);
    if (isEnd) this.#instances[n]?.deniedAt.set(key, this.#step);
    return outcome;
  }

  #decide(key: string, requested: ValidResult): Outcome {
    const state = this.#states.get(key) ?? (key === NEVER_VALID ? 'NOT_FOUND' : 'VALID');
    if (state === 'OUTAGE' || this.#fails()) return { failure: { kind: 'unavailable', reason: 'down' } };
    if (state !== 'VALID') return { verification: { valid: false, code: state } };
    const requestId = `req_${this.#results.size}`;
    this.#results.set(requestId, requested);
    return { verification: { valid: true, code: 'VALID', keyId: `id of ${key}`, requestId } };
  }

  #instance(n: number): Instance {
    const options: CacheOptions = {
      ttl: 5 * SECOND,
      max: this.profile.max,
      negativeTtl: this.#anyOf([0, 2 * SECOND]),
      staleIfError: this.#anyOf([0, 5 * SECOND]),
      store: this.profile.hasStore ? this.#storeFor(n) : undefined,
      storeTimeout: 100,
    };
    const cache = new VerificationCache(options, {
      now: () => this.#now,
      tick: () => this.#now,
      observer: { cached: () => undefined, breakerChanged: () => undefined },
      scope: 'scope',
    });
    return { cache, deniedAt: new Map(), read: new Map() };
  }

  /** A store that carries out a call in one step and responds in another. Some calls fail, some throw. */
  #storeFor(n: number) {
    const call = async <T>(task: () => T): Promise<T> => {
      await this.#turn();
      const result = task();
      await this.#turn();
      if (this.#fails()) throw new Error('the store failed');
      return result;
    };
    return {
      get: (name: string) => {
        if (this.#fails()) throw new Error('the store threw');
        const issued = this.#step;
        return call(() => this.#get(n, name, issued));
      },
      set: (name: string, value: string, ttl: number) => call(() => this.#set(name, value, ttl)),
      delete: (name: string) => call(() => this.#store.delete(name)),
    };
  }

  #get(n: number, name: string, issued: number): string | undefined {
    const entry = this.#store.get(name);
    if (entry === undefined || this.#now >= entry.until) return undefined;
    const requestId = /"requestId":"(req_\d+)"/.exec(entry.value)?.[1];
    const read = this.#instances[n]?.read;
    if (requestId !== undefined && read?.has(requestId) === false) read.set(requestId, issued);
    return entry.value;
  }

  #set(name: string, value: string, ttl: number): void {
    this.#store.set(name, { value, until: this.#now + ttl });
    const [, kind, id = ''] = /:(\w+):([^:]+)$/.exec(name) ?? [];
    if (kind === 'invalid') this.#marks.push({ name: id, step: this.#step, at: Number(value) });
    if (kind === 'stored' && !this.#flagged.has(id)) this.#flagged.set(id, this.#step);
  }

  /** Waits until the schedule continues this. */
  #turn(): Promise<void> {
    return new Promise((resolve) => this.#pending.push(resolve));
  }

  #fails(): boolean {
    return !this.#isDraining && this.#random() < this.profile.faults;
  }

  #anyOf<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }
}

/** Waits until everything has run that does not depend on the schedule. */
async function settle(): Promise<void> {
  for (let n = 0; n < 30; n++) await Promise.resolve();
}

/** Mulberry32: returns the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
