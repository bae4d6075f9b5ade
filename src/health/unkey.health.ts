import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { getUnkeyServiceToken } from '../options/tokens.js';
import type { UnkeyService } from '../unkey.service.js';

/** How {@link UnkeyHealthIndicator.isHealthy} checks. */
export interface UnkeyHealthOptions {
  /**
   * How long Unkey can take to respond, in ms.
   *
   * @default 1000
   */
  timeout?: number | undefined;
  /** The name of the instance to check, as in `UnkeyModule.forRoot({ name })`; absent: the instance without a name. */
  name?: string | undefined;
  /**
   * The status if Unkey does not respond, or the circuit breaker is open. `'down'` fails the health check. `'degraded'`
   * does not: Terminus 12 reports `degraded`, Terminus 11 reports `up` with `degraded: true`.
   *
   * @default 'down'
   */
  otherwise?: 'down' | 'degraded' | undefined;
}

/**
 * A health indicator for Terminus 11 and 12: whether Unkey is reachable. Add it to the `providers` of a module that
 * imports `TerminusModule`. It never verifies a key and spends nothing.
 *
 * Use it for readiness at most, never for liveness: restarting your app does not make Unkey available.
 *
 * @example
 * @HealthCheck()
 * @Public()
 * @Get('health')
 * check() {
 *   return this.health.check([() => this.unkey.isHealthy('unkey', { otherwise: 'degraded' })]);
 * }
 */
@Injectable()
export class UnkeyHealthIndicator {
  constructor(
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {}

  /**
   * Checks whether Unkey returns 200 for `GET /v2/liveness` in time. If the circuit breaker is open, Unkey is not
   * called. The result holds `breaker`; `lastAnswerAt` (ISO 8601) if Unkey has responded to a verification;
   * `responseTime` in ms if Unkey was called; and `message` if something is wrong.
   *
   * @param key the name in the result of the health check; default: `'unkey'`
   * @throws UnkeyConfigError if the app has no such instance, or an option is invalid
   */
  async isHealthy<const Key extends string = 'unkey'>(
    key: Key = 'unkey' as Key,
    { timeout = 1000, name, otherwise = 'down' }: UnkeyHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    checkOtherwise(otherwise);
    const facts = await factsOf(this.#serviceOf(name), timeout);
    return this.#result(key, facts, otherwise);
  }

  #serviceOf(name: string | undefined): UnkeyService {
    const token = getUnkeyServiceToken(name);
    try {
      return this.moduleRef.get<UnkeyService>(token, { strict: false });
    } catch {
      throw new UnkeyConfigError(
        name === undefined
          ? 'UnkeyHealthIndicator: this app has no UnkeyModule without a name; import UnkeyModule.forRoot(), or pass `name`.'
          : `UnkeyHealthIndicator: this app has no UnkeyModule named ${JSON.stringify(name)}.`,
      );
    }
  }

  #result<Key extends string>(
    key: Key,
    facts: HealthFacts,
    otherwise: 'down' | 'degraded',
  ): HealthIndicatorResult<Key> {
    const session = this.indicators.check(key);
    if (facts.message === undefined) return session.up({ ...facts });
    if (otherwise === 'down') return session.down({ ...facts });
    // Terminus 11 has no `degraded`.
    const canDegrade = typeof Reflect.get(session, 'degraded') === 'function';
    return canDegrade ? session.degraded({ ...facts }) : session.up({ degraded: true, ...facts });
  }
}

/** What a health check reports; with a `message` if Unkey cannot be used. */
interface HealthFacts {
  readonly breaker: string;
  readonly lastAnswerAt?: string;
  readonly responseTime?: number;
  readonly message?: string;
}

async function factsOf(unkey: UnkeyService, timeout: number): Promise<HealthFacts> {
  const { breaker, lastAnswerAt } = unkey.state();
  const known = {
    breaker,
    ...(lastAnswerAt === undefined ? {} : { lastAnswerAt: new Date(lastAnswerAt).toISOString() }),
  };
  if (breaker === 'open') return { ...known, message: 'the circuit breaker is open' };
  const { ms, reason } = await unkey.ping({ timeout });
  return { ...known, responseTime: ms, ...(reason === undefined ? {} : { message: reason }) };
}

function checkOtherwise(otherwise: unknown): void {
  if (otherwise === 'down' || otherwise === 'degraded') return;
  throw new UnkeyConfigError(
    `UnkeyHealthIndicator: "otherwise" must be 'down' or 'degraded', got ${JSON.stringify(otherwise)}.`,
  );
}
