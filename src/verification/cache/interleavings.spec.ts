import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../outcome.js';
import { keyHashOf } from './answer-id.js';
import { VerificationCache, type CacheOptions } from './verification-cache.js';

/*
 * The invariant. Once Unkey told an instance that a key is NOT_FOUND, DISABLED or EXPIRED, that instance gives no yes
 * to this key that was asked for before it was told: not from memory, not from a call in flight, not from the store,
 * not in an outage. Once the end stands in the store as a mark, no instance takes an older yes from there. Once the
 * store has come to rest, nobody is given a yes from it that was there when an instance was told. And a key that never
 * was good leaves no mark.
 *
 * A schedule decides at random, by its seed, what happens next: a request comes in, Unkey decides about a call, its
 * answer arrives, the store carries out a call, the store's answer arrives, time passes, a key ends or is enabled again.
 */
const SCHEDULES = 500;
const STEPS = 120;
const SECOND = 1000;
const ENDS = ['NOT_FOUND', 'DISABLED', 'EXPIRED'] as const;
const BAD_KEY = 'never-good';

interface Profile {
  readonly instances: number;
  readonly hasStore: boolean;
  /** Calls that may be on their way at once. */
  readonly concurrency: number;
  readonly max: number;
  /** How often a call fails: Unkey's and the store's. */
  readonly faults: number;
}

/** The three ways in which a key's end could be missed, each by itself, and all together. */
const PROFILES: readonly (readonly [string, Profile])[] = [
  ['in the store', { instances: 2, hasStore: true, concurrency: 1, max: 100, faults: 0 }],
  ['in memory', { instances: 1, hasStore: false, concurrency: 1, max: 2, faults: 0 }],
  ['in flight', { instances: 1, hasStore: false, concurrency: 6, max: 100, faults: 0 }],
  ['anywhere', { instances: 2, hasStore: true, concurrency: 8, max: 3, faults: 0.03 }],
];

beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterAll(() => void vi.useRealTimers());

describe.each(PROFILES)('the end of a key holds against every earlier yes %s', (_, profile) => {
  it(`in ${SCHEDULES} random schedules`, async () => {
    const first = Number(process.env['SEED'] ?? 1);
    const count = process.env['SEED'] === undefined ? SCHEDULES : 1;
    const served = { cache: 0, stale: 0, adopted: 0 };
    for (let seed = first; seed < first + count; seed++) {
      const schedule = new Schedule(seed, profile);
      await schedule.run();
      expect(schedule.faults, `run again with SEED=${seed}`).toEqual([]);
      served.cache += schedule.served.cache;
      served.stale += schedule.served.stale;
      served.adopted += schedule.served.adopted;
    }
    // A cache that never answers would hold the invariant too.
    const most = count > 1 ? served : { cache: 1, stale: 1, adopted: 1 };
    expect(most.cache).toBeGreaterThan(0);
    expect(most.stale).toBeGreaterThan(profile.faults > 0 ? 0 : -1);
    expect(most.adopted).toBeGreaterThan(profile.hasStore ? 0 : -1);
  }, 60_000);
});

/** One yes of Unkey's, found again by its request id. */
interface Yes {
  readonly instance: number;
  readonly askedStep: number;
  readonly askedAt: number;
}

interface Instance {
  readonly cache: VerificationCache;
  /** When it was told that a key ended, as a step. */
  readonly told: Map<string, number>;
  /** When it first asked the store for what turned out to be this yes, as a step. */
  readonly read: Map<string, number>;
}

interface Entry {
  readonly value: string;
  readonly until: number;
}

class Schedule {
  readonly faults: string[] = [];
  /** Yeses from memory, in an outage, and of another instance. */
  readonly served = { cache: 0, stale: 0, adopted: 0 };
  readonly #random: () => number;
  readonly #pending: (() => void)[] = [];
  readonly #instances: Instance[];
  readonly #states = new Map<string, string>();
  readonly #yeses = new Map<string, Yes>();
  readonly #store = new Map<string, Entry>();
  /** The marks of keys as they were carried out: the key's name in the store, when, and what they say. */
  readonly #marks: { readonly name: string; readonly step: number; readonly at: number }[] = [];
  /** When the store first said that it may hold answers to a key. */
  readonly #announced = new Map<string, number>();
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
    await this.#checkRest();
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

  /** Carries out something that waits, usually what waits for longest. */
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
    const key = this.#anyOf(['key', 'key', 'key', 'key', BAD_KEY, 'other-1', 'other-2']);
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
    const yes = this.#yeses.get(requestId);
    const told = instance.told.get(key) ?? 0;
    const n = this.#instances.indexOf(instance);
    if (yes !== undefined && yes.instance !== n) this.served.adopted += 1;
    if (yes === undefined) this.faults.push(`${n} was given a yes that Unkey never gave`);
    else if (told <= begun && yes.askedStep < told) {
      this.faults.push(
        `${n} was told at ${told} and asked at ${begun}, and was given a yes asked for at ${yes.askedStep}`,
      );
    } else if (yes.instance !== n && this.#isMarked(key, yes, instance.read.get(requestId) ?? Infinity)) {
      this.faults.push(`${n} took a yes asked for at ${yes.askedStep} from the store past its mark`);
    }
  }

  #isMarked(key: string, yes: Yes, read: number): boolean {
    const name = keyHashOf(key);
    return this.#marks.some((mark) => mark.name === name && mark.step < read && yes.askedAt <= mark.at);
  }

  /** A new instance is given nothing by the store that was there when another one was told. */
  async #checkRest(): Promise<void> {
    const bad = keyHashOf(BAD_KEY);
    if (this.#marks.some(({ name }) => name === bad))
      this.faults.push('a key that never was good left a mark');
    if (!this.profile.hasStore) return;
    const fresh = this.#instance(this.#instances.length);
    this.#instances.push(fresh);
    this.#states.set('key', 'OUTAGE');
    for (const permissions of [undefined, 'a', 'b']) {
      const obtained = this.#obtain(fresh, 'key', permissions);
      await this.#drain();
      const outcome = await obtained;
      const yes =
        'verification' in outcome ? this.#yeses.get(outcome.verification.requestId ?? '') : undefined;
      const told = Math.max(...this.#instances.map((instance) => instance.told.get('key') ?? 0));
      const announced = this.#announced.get(keyHashOf('key')) ?? Infinity;
      if (yes !== undefined && yes.askedStep < told && announced < told) {
        this.faults.push(
          `the store still gives a yes asked for at ${yes.askedStep}, the key ended at ${told}`,
        );
      }
    }
  }

  /** Unkey: decides at one time about a call that was made before, and its answer arrives later still. */
  async #ask(n: number, key: string): Promise<Outcome> {
    const asked = { instance: n, askedStep: this.#step, askedAt: this.#now };
    await this.#turn();
    const outcome = this.#decide(key, asked);
    await this.#turn();
    const isEnd = 'verification' in outcome && ENDS.some((code) => code === outcome.verification.code);
    if (isEnd) this.#instances[n]?.told.set(key, this.#step);
    return outcome;
  }

  #decide(key: string, asked: Yes): Outcome {
    const state = this.#states.get(key) ?? (key === BAD_KEY ? 'NOT_FOUND' : 'VALID');
    if (state === 'OUTAGE' || this.#fails()) return { failure: { kind: 'unavailable', reason: 'down' } };
    if (state !== 'VALID') return { verification: { valid: false, code: state } };
    const requestId = `yes_${this.#yeses.size}`;
    this.#yeses.set(requestId, asked);
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
    return { cache, told: new Map(), read: new Map() };
  }

  /** A store that carries calls out at one time and answers at another; some fail, some throw. */
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
    const requestId = /"requestId":"(yes_\d+)"/.exec(entry.value)?.[1];
    const read = this.#instances[n]?.read;
    if (requestId !== undefined && read?.has(requestId) === false) read.set(requestId, issued);
    return entry.value;
  }

  #set(name: string, value: string, ttl: number): void {
    this.#store.set(name, { value, until: this.#now + ttl });
    const [, kind, id = ''] = /:(\w+):([^:]+)$/.exec(name) ?? [];
    if (kind === 'invalid') this.#marks.push({ name: id, step: this.#step, at: Number(value) });
    if (kind === 'stored' && !this.#announced.has(id)) this.#announced.set(id, this.#step);
  }

  /** Waits until the schedule carries this out. */
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

/** Everything that can run without the schedule has run. */
async function settle(): Promise<void> {
  for (let n = 0; n < 30; n++) await Promise.resolve();
}

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
