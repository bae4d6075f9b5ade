import type { ThrottlerStorage } from '@nestjs/throttler';
import type { LimitAnswer, OnUnavailable } from '../contracts/limit.js';
import { MAX_DURATION } from '../options/check-limits.js';
import { shown } from '../options/shown-value.js';
import type { UnkeyService } from '../unkey.service.js';

/** The options of {@link UnkeyThrottlerStorage}. */
export interface UnkeyThrottlerStorageOptions {
  /**
   * The namespace at Unkey in which hits count. A throttler with a name counts in `<namespace>.<name>`.
   *
   * @default 'throttler'
   */
  namespace?: string | undefined;
  /**
   * What happens if Unkey is unavailable: `'deny'` is a 503, `'allow'` lets the request through uncounted.
   *
   * @default 'deny'
   */
  onUnavailable?: OnUnavailable | undefined;
}

type Hit = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** The name of a throttler without a name. */
const UNNAMED = 'default';

/**
 * Storage of `@nestjs/throttler` that counts hits at Unkey, so that all instances of your app share the counts. Unkey's
 * windows slide and are aligned to the clock, so `X-RateLimit-Reset` can be sooner than with throttler's own storage.
 *
 * `blockDuration` must be `ttl`, which is its default, or 0; `ttl` must be 1000 ms to 30 days. Otherwise requests fail
 * with a `TypeError` that names the throttler.
 *
 * @example
 * ThrottlerModule.forRootAsync({
 *   inject: [UnkeyService],
 *   useFactory: (unkey: UnkeyService) => ({
 *     throttlers: [{ ttl: minutes(1), limit: 100 }],
 *     storage: new UnkeyThrottlerStorage(unkey),
 *   }),
 * })
 */
export class UnkeyThrottlerStorage implements ThrottlerStorage {
  readonly #unkey: UnkeyService;
  readonly #namespace: string;
  readonly #onUnavailable: OnUnavailable;

  /** @throws TypeError if an option is invalid */
  constructor(unkey: UnkeyService, options: UnkeyThrottlerStorageOptions = {}) {
    const { namespace = 'throttler', onUnavailable = 'deny' } = options;
    if (typeof namespace !== 'string' || namespace === '') {
      throw new TypeError(`UnkeyThrottlerStorage: "namespace" must be a string, got ${shown(namespace)}`);
    }
    if (!['deny', 'allow'].includes(onUnavailable)) {
      throw new TypeError(
        `UnkeyThrottlerStorage: "onUnavailable" must be 'deny' or 'allow', got ${shown(onUnavailable)}`,
      );
    }
    this.#unkey = unkey;
    this.#namespace = namespace;
    this.#onUnavailable = onUnavailable;
  }

  /** Counts one hit. Called by `ThrottlerGuard`. `ttl` and `blockDuration` in ms, the result in seconds, rounded up. */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
  ): Promise<Hit> {
    checkDurations(throttlerName, ttl, blockDuration);
    if (limit < 1) return blocked(1, Math.ceil(ttl / 1000));
    const counted = await this.#unkey.countLimits(
      [
        {
          namespace: throttlerName === UNNAMED ? this.#namespace : `${this.#namespace}.${throttlerName}`,
          identifier: key,
          // A throttler can have Infinity as its limit.
          limit: Math.min(Math.floor(limit), Number.MAX_SAFE_INTEGER),
          duration: Math.ceil(ttl),
        },
      ],
      this.#onUnavailable,
    );
    if (counted === undefined) return passed(0, Math.ceil(ttl / 1000));
    return hitOf(counted.answer, this.#unkey.reverification.now());
  }
}

function hitOf({ limits: [counted] }: LimitAnswer, now: number): Hit {
  const { limit, remaining, reset, passed: isPassed } = counted ?? NONE;
  const seconds = Math.max(1, Math.ceil((reset - now) / 1000));
  return isPassed ? passed(limit - remaining, seconds) : blocked(limit + 1, seconds);
}

const NONE = { limit: 0, remaining: 0, reset: 0, passed: false };

function passed(totalHits: number, timeToExpire: number): Hit {
  return { totalHits, timeToExpire, isBlocked: false, timeToBlockExpire: 0 };
}

function blocked(totalHits: number, timeToExpire: number): Hit {
  return { totalHits, timeToExpire, isBlocked: true, timeToBlockExpire: timeToExpire };
}

/** Unkey has no block durations: a caller that exceeded its limit waits until the window has moved on. */
function checkDurations(name: string, ttl: number, blockDuration: number): void {
  if (!(ttl >= 1000 && ttl <= MAX_DURATION)) {
    throw new TypeError(
      `the throttler "${name}": "ttl" must be 1000 to ${MAX_DURATION} (ms) with UnkeyThrottlerStorage, got ${ttl}`,
    );
  }
  if (blockDuration !== ttl && blockDuration !== 0) {
    throw new TypeError(
      `the throttler "${name}": "blockDuration" must be the same as "ttl" (${ttl}) or 0 with UnkeyThrottlerStorage, got ${blockDuration}`,
    );
  }
}
