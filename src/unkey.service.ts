import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import { ConnectionVerification, type SocketMiddleware } from './access/connection-verification.js';
import { demandedPolicy } from './access/demanded-policy.js';
import { callerOf } from './access/handlerless-context.js';
import { httpMiddleware, type HttpMiddleware } from './access/http-middleware.js';
import { RequestVerification } from './access/request-verification.js';
import type { AppAudit } from './contracts/app-audit.js';
import type { AuditEntry } from './contracts/audit-entry.js';
import type { Awaitable } from './contracts/awaitable.js';
import type { CountedLimits, LimitAnswer, LimitDemand, OnUnavailable } from './contracts/limit.js';
import type { Instances } from './contracts/instances.js';
import type { MetaFault } from './contracts/meta-fault.js';
import type { Question } from './contracts/question.js';
import type { Reverification } from './contracts/reverification.js';
import type { UnkeyPing, UnkeyState } from './contracts/unkey-state.js';
import type { RootKeyCheck } from './contracts/root-key-check.js';
import type { Verification } from './contracts/verification.js';
import type { CallerVerifier } from './contracts/verifier.js';
import type { VerifiedKey } from './contracts/verified-key.js';
import type { VerifyOptions } from './contracts/verify-options.js';
import { UnkeyMisconfiguredException } from './errors/unkey-misconfigured.exception.js';
import { UnkeyUnavailableException } from './errors/unkey-unavailable.exception.js';
import type { VerificationFailure } from './errors/verification-failure.js';
import { isPossibleKey } from './extractors/key-shape.js';
import { presentedRootKey } from './extractors/root-key-shape.js';
import { canVerify, hasClient } from './options/can-verify.js';
import { howToSetRootKey, noRootKey } from './options/no-root-key.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import {
  UNKEY_AUDIT,
  UNKEY_CACHE,
  UNKEY_CLIENT,
  UNKEY_EVENTS,
  UNKEY_INSTANCES,
  UNKEY_INVALIDATIONS,
  UNKEY_LIVENESS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_VERIFIER,
  UNKEY_WIRE,
} from './options/tokens.js';
import { Limiter } from './ratelimit/limiter.js';
import { FailureLog } from './telemetry/failure-log.js';
import { logContext } from './telemetry/log-context.js';
import { MetaLog } from './telemetry/meta-log.js';
import { RootKeyLog } from './telemetry/root-key-log.js';
import { RootKeyWatch } from './telemetry/root-key-watch.js';
import type { VerificationEvents } from './telemetry/verification-events.js';
import { knownAddress } from './transports/known-address.js';
import { Gateways } from './transports/ws/gateways.js';
import type { Invalidations } from './verification/invalidations.js';
import { InFlight } from './verification/upstream/in-flight.js';
import type { Liveness } from './verification/liveness.js';
import { Upstream } from './verification/upstream/upstream.js';
import { Breaker } from './verification/breaker/breaker.js';
import type { Ask, VerificationCache } from './verification/cache/verification-cache.js';
import { DemandsWriter, requestFor } from './verification/demands-writer.js';
import { MetaSchemas } from './verification/meta-schemas.js';
import { obtain } from './verification/obtain.js';
import type { Outcome, VerificationResult } from './verification/outcome.js';
import { questionAboutRootKey, readRootKeyCheck } from './verification/root-key-check.js';
import { withinKeyspaces } from './verification/within-keyspaces.js';
import type { HttpWire } from './verification/wire/http-wire.js';

const NOTHING: VerifyOptions = Object.freeze({});
const MALFORMED: Verification = Object.freeze({ valid: false, code: 'MALFORMED_KEY' });
const NOT_FOUND: Verification = Object.freeze({ valid: false, code: 'NOT_FOUND' });

/** Verifies keys outside of a guard, for example in a queue worker, a cron job or `handleConnection` of a gateway. */
@Injectable()
export class UnkeyService {
  /** Calls Unkey, in contrast to the cache. */
  readonly #ask: Ask = async (question, timeout) => {
    const outcome = await this.#upstream.ask(question, timeout);
    if (!this.#rootKeyWatch.isProven && 'verification' in outcome) {
      this.#rootKeyWatch.answered(question.request.key, outcome.verification);
    }
    return outcome;
  };
  readonly #upstream: Upstream<Question, VerificationResult>;
  // A private field, because printing a client of the app shows its root key.
  readonly #unkey: Unkey;
  readonly #failures: FailureLog;
  readonly #demands: DemandsWriter;
  readonly #rootKeys: RootKeyLog;
  readonly #rootKeyWatch: RootKeyWatch;
  readonly #requests: RequestVerification;
  readonly #connections: ConnectionVerification;
  readonly #limiter: Limiter;
  /** @internal when a verification can be reused for a WebSocket client; also read by guards of other package copies */
  readonly reverification: Reverification;
  // A private field, because printing the instances would show the whole app.
  readonly #instances: Instances<UnkeyService, ResolvedUnkeyOptions>;
  /** @internal checks the meta of valid keys; `undefined` without a schema */
  readonly metaSchemas: MetaSchemas | undefined;
  readonly #metaLog: MetaLog;
  readonly #canVerify: boolean;

  constructor(
    @Inject(UNKEY_VERIFIER) verifier: CallerVerifier,
    @Inject(UNKEY_CLIENT) unkey: Unkey,
    @Inject(UNKEY_RESOLVED_OPTIONS) private readonly options: ResolvedUnkeyOptions,
    @Inject(UNKEY_CACHE) private readonly cache: VerificationCache | undefined,
    @Inject(UNKEY_EVENTS) private readonly events: VerificationEvents,
    @Inject(UNKEY_INVALIDATIONS) private readonly invalidations: Invalidations,
    @Inject(Gateways) gateways: Gateways,
    @Inject(UNKEY_AUDIT) private readonly appAudit: AppAudit,
    @Inject(UNKEY_WIRE) wire: HttpWire | undefined,
    @Inject(UNKEY_LIVENESS) private readonly liveness: Liveness,
    @Inject(UNKEY_INSTANCES) instances: Instances<UnkeyService, ResolvedUnkeyOptions>,
  ) {
    this.#instances = instances;
    this.#canVerify = canVerify(options);
    const { verifyOn, reverifyAfter, now } = options;
    this.reverification = Object.freeze<Reverification>({
      verifyOn,
      reverifyAfter,
      now,
      moment: () => invalidations.moment(),
      isInvalidatedSince: (moment, ...ids) => invalidations.isInvalidatedSince(moment, ...ids),
    });
    this.#unkey = unkey;
    const logger = new Logger(logContext(options));
    this.#failures = new FailureLog(logger, options.now);
    this.#rootKeys = new RootKeyLog(logger);
    this.#rootKeyWatch = new RootKeyWatch(
      typeof options.verifier === 'function' ? undefined : logger,
      options.keyspaces.length > 0,
    );
    this.#demands = new DemandsWriter(options);
    this.#metaLog = new MetaLog(logger);
    this.metaSchemas =
      options.metaSchema === undefined && options.identityMetaSchema === undefined
        ? undefined
        : new MetaSchemas(options, (metaFault, { requestId }) => this.#metaError(metaFault, requestId));
    const { breaker, maxInFlight, timeout } = options;
    const inFlight = new InFlight(maxInFlight);
    this.#limiter = new Limiter(options, inFlight, wire);
    this.#upstream = new Upstream(
      (question, ms) => obtain(verifier, question, ms),
      inFlight,
      timeout,
      breaker === false
        ? undefined
        : new Breaker(
            breaker,
            () => performance.now(),
            (state) => events.breakerChanged(state),
          ),
      options.now,
    );
    this.#requests = new RequestVerification(options, this);
    this.#connections = new ConnectionVerification(
      this.#requests,
      gateways,
      callerOf(UnkeyService, 'verifyConnection'),
    );
  }

  /** @internal the named instances, for guards of handlers with `@UseUnkey()` */
  get instances(): Instances<UnkeyService, ResolvedUnkeyOptions> {
    return this.#instances;
  }

  /**
   * The client of the official SDK, the same as with `@InjectUnkey()`, or with `@InjectUnkey(name)` for a named instance.
   *
   * @throws UnkeyMisconfiguredException without a root key, which an app behind a gateway can leave out
   */
  get client(): Unkey {
    const { gateway, rootKey } = this.options;
    if (gateway !== undefined && rootKey === undefined && !hasClient(this.options)) {
      throw noRootKey(this.options);
    }
    return this.#unkey;
  }

  /**
   * Verifies a key and returns Unkey's answer. It does not throw if the key is denied: check `valid` and `code`. Without
   * a call to Unkey, the code is `MALFORMED_KEY` for a text that can't be a key, is a root key or starts with `unkey_`,
   * and `NOT_FOUND` for a key without the `keyPrefix`. The tags of the option `tags` are sent too.
   *
   * @throws UnkeyMisconfiguredException if Unkey rejects your app, or if the key's meta does not match `metaSchema` or
   * `identityMetaSchema`, or if an app behind a gateway has no root key
   * @throws UnkeyUnavailableException if Unkey gives no answer within `timeout` ms, or an unreadable one
   * @throws TypeError if an option is invalid
   * @example
   * const { valid, keyId } = await unkey.verify(job.data.key, { permissions: 'jobs.run', credits: 3 });
   */
  verify(key: string, options: VerifyOptions = NOTHING): Promise<Verification> {
    return this.#verify(key, options, this.metaSchemas);
  }

  /** @internal Like {@link verify}, with the meta as Unkey returned it: for answers that are parsed anew for each message. */
  verifyUnparsed(key: string, options: VerifyOptions): Promise<Verification> {
    return this.#verify(key, options, undefined);
  }

  async #verify(
    key: string,
    options: VerifyOptions,
    schemas: MetaSchemas | undefined,
  ): Promise<Verification> {
    if (!this.#canVerify) throw noRootKey(this.options);
    const demands = this.#demands.write(options);
    if (typeof key !== 'string' || !isPossibleKey(key)) return MALFORMED;
    const rootKey = presentedRootKey(key, this.options.rootKey);
    if (rootKey !== undefined) {
      this.#rootKeys.report(rootKey);
      return MALFORMED;
    }
    if (!this.#hasPrefix(key)) return NOT_FOUND;

    const request = requestFor(key, demands);
    const caller = options.clientIp === undefined ? undefined : { clientIp: knownAddress(options.clientIp) };
    const obtained = this.#obtain({ request, caller });
    // A cached result is returned synchronously, and awaiting it would cost as much as the cache lookup.
    const outcome = obtained instanceof Promise ? await obtained : obtained;
    if ('failure' in outcome) {
      this.#failures.report(outcome.failure, request);
      throw this.#exceptionOf(outcome.failure);
    }
    const { verification, source, standsInFor } = outcome;
    if (standsInFor !== undefined) this.#failures.servedStale(standsInFor);
    // A cached result does not show that Unkey is reachable.
    if (source === undefined) this.#failures.answered();
    return schemas === undefined ? verification : schemas.parse(verification);
  }

  /**
   * Drops all cached results for a key, also of verifications in flight. Call it after you change a key by any other
   * means than {@link client}, which does this by itself. Without the option `cache`, it only affects verifications that
   * WebSocket connections reuse. If the store is unreachable, this method does not throw; the store is updated when it is
   * reachable again.
   *
   * @throws TypeError if `target` has neither `key` nor `keyId`
   */
  async invalidate(target: { key: string } | { keyId: string }): Promise<void> {
    const named: unknown = 'key' in target ? target.key : target.keyId;
    if (typeof named !== 'string' || named === '') {
      throw new TypeError('invalidate() takes { key } or { keyId }, a string that is not empty');
    }
    await this.invalidations.invalidate(target);
  }

  /**
   * Lists every handler of the app (controllers, resolvers, gateways, message patterns): whether it needs a key, who
   * decided that, what it demands, and what is wrong with it. Sees what is there when you call it: after `app.init()`
   * global guards, the global prefix and versioning are complete. Lazy-loaded modules are not seen before they are loaded.
   *
   * @example
   * expect(app.get(UnkeyService).audit()).toMatchSnapshot();
   */
  audit(): AuditEntry[] {
    return this.appAudit.list();
  }

  /**
   * Finds out whether Unkey accepts the root key, at a time of your choosing. It asks Unkey about a random key that does
   * not exist, with a cost of 0, so it creates no key and spends nothing. Never rejects.
   *
   * - `ok: false`: Unkey rejects the root key. It is unknown, disabled or expired, or its workspace is disabled.
   * - `ok: true`: Unkey knows the root key, and has recognized at least one key since this app started.
   * - `ok: 'unknown'`: Unkey cannot be reached, or it knows the root key but has recognized no key yet.
   *
   * It cannot know more, because Unkey answers `NOT_FOUND` both for a key that does not exist and for a key that the root
   * key may not verify. So `true` does not say that the root key can verify the keys of every API, nor that it still has
   * a permission that it had when the last key was verified.
   *
   * @example
   * const { ok, reason } = await unkey.checkRootKey();
   * if (ok === false) throw new Error(reason);
   */
  async checkRootKey(): Promise<RootKeyCheck> {
    if (!this.#canVerify)
      return { ok: 'unknown', reason: `There is no root key: ${howToSetRootKey(this.options.name)}.` };
    const outcome = await this.#upstream.ask(questionAboutRootKey(), this.options.timeout);
    return readRootKeyCheck(outcome, this.#rootKeyWatch.isProven);
  }

  /**
   * Returns what this app knows about Unkey without calling it: the circuit breaker, and when Unkey last answered a
   * verification. Cached results are no answers.
   */
  state(): UnkeyState {
    return this.#upstream.state();
  }

  /**
   * Asks Unkey whether it is alive: `GET /v2/liveness` at `baseUrl`, over the connections that verify keys, without a key
   * and without the root key. Spends nothing, and neither opens the circuit breaker nor waits for it. Never rejects.
   *
   * @param options `timeout`: ms; default: 1000
   * @example
   * const { reachable, ms, reason } = await unkey.ping({ timeout: 500 });
   */
  async ping({ timeout = 1000 }: { timeout?: number | undefined } = {}): Promise<UnkeyPing> {
    return this.liveness.ping(timeout);
  }

  /**
   * Makes a middleware for routes that no Nest handler answers, such as Swagger UI, Bull Board or static files. Mount it
   * before the route. It verifies the key as the guard does, and passes every refusal to `next()`, where Nest's filters
   * answer it. The options `public`, `publicMetadata`, `exclude` and `skipIf` do not apply.
   *
   * @param options what the key must be allowed to do, in addition to the option `permissions`
   * @throws UnkeyConfigError for demands that Unkey does not know
   * @example
   * const app = await NestFactory.create(AppModule);
   * app.use('/docs', app.get(UnkeyService).middleware({ permissions: 'docs.read' }));
   * SwaggerModule.setup('docs', app, document);
   */
  middleware(options: VerifyOptions = NOTHING): HttpMiddleware {
    this.appAudit.noteMiddleware();
    return httpMiddleware(
      this.#requests,
      demandedPolicy('UnkeyService.middleware()', this.options, options),
      callerOf(UnkeyService, 'middleware'),
    );
  }

  /**
   * Verifies the key that a WebSocket client connected with. Call it first in `handleConnection`, where Nest runs no
   * guard. Guards of the client's messages wait for it, and use its answer for equal demands as long as `verifyOn` and
   * `reverifyAfter` allow. A verification here costs what one of a message costs; `{ credits: 0 }` makes it free.
   *
   * If the client is refused, it receives the event `exception`, its connection is closed, and the result is
   * `undefined`. On `ws`, it is closed with 4401 for 401, 4429 for 402 and 429, 4403 for other 4xx, 1013 for 503 and 1011
   * for other 5xx, with the code as the reason. Never rejects: another error, such as one that a key source throws, is
   * logged and closes the connection too.
   *
   * @param client what `handleConnection` gets
   * @param request the upgrade request that `handleConnection` gets on `ws`. Always pass it for a gateway with a port of its own
   * @param options what the key must be allowed to do, in addition to the option `permissions`
   * @example
   * async handleConnection(client: WebSocket, request: IncomingMessage) {
   *   const key = await this.unkey.verifyConnection(client, request, { permissions: 'chat.join' });
   *   if (key) this.rooms.join(client, key.identity?.externalId);
   * }
   */
  async verifyConnection(
    client: object,
    request?: IncomingMessage,
    options: VerifyOptions = NOTHING,
  ): Promise<VerifiedKey | undefined> {
    return this.#connections.verify(client, request, () =>
      demandedPolicy('UnkeyService.verifyConnection()', this.options, options),
    );
  }

  /**
   * Makes a middleware for socket.io that verifies clients before they connect. A client that is refused gets
   * `connect_error` with the message, and the object of an `exception` event as `data`. Guards use its answer as they use
   * that of {@link verifyConnection}.
   *
   * @param options what the key must be allowed to do, in addition to the option `permissions`
   * @throws UnkeyConfigError for demands that Unkey does not know
   * @example
   * afterInit(server: Server) {
   *   server.use(this.unkey.socketMiddleware());
   * }
   */
  socketMiddleware(options: VerifyOptions = NOTHING): SocketMiddleware {
    this.appAudit.noteMiddleware();
    return this.#connections.socketMiddleware(
      demandedPolicy('UnkeyService.socketMiddleware()', this.options, options),
    );
  }

  /**
   * Counts rate limits at Unkey: all of them in one call, or none. It does not throw if a limit is exceeded: check
   * `passed`. It needs no API key. The root key needs `ratelimit.*.limit` and, for namespaces that do not exist yet,
   * `ratelimit.*.create_namespace`. It always calls Unkey over HTTP with `rootKey` and `baseUrl`, whatever `verifier` is.
   *
   * @throws UnkeyMisconfiguredException if Unkey rejects your app, or if there is no root key
   * @throws UnkeyUnavailableException if Unkey gives no answer within `timeout` ms, or an unreadable one
   * @throws TypeError if a limit is invalid
   * @example
   * const { passed, limits } = await unkey.limit({ namespace: 'emails', identifier: user.id, limit: 10, duration: 3_600_000 });
   */
  async limit(demands: LimitDemand | LimitDemand[]): Promise<LimitAnswer> {
    const counted = await this.#limiter.count(Array.isArray(demands) ? demands : [demands]);
    if (counted === undefined) throw new UnkeyUnavailableException();
    return counted.answer;
  }

  /** @internal like {@link limit}, with Unkey's id of the call; `undefined` if an outage is allowed and there is one */
  countLimits(
    demands: readonly LimitDemand[],
    onUnavailable: OnUnavailable,
  ): Promise<CountedLimits | undefined> {
    return this.#limiter.count(demands, onUnavailable);
  }

  /** @internal logs an error in the app's setup once, and returns the exception for it */
  misconfiguredLimit(fault: string): UnkeyMisconfiguredException {
    return this.#limiter.misconfigured(fault);
  }

  /** @internal called by Nest when the app closes */
  onApplicationShutdown(): Promise<void> {
    return this.#limiter.close();
  }

  #obtain(question: Question): Awaitable<Outcome> {
    return this.events.isHeard()
      ? this.events.around(question, () => this.#withinKeyspaces(question))
      : this.#withinKeyspaces(question);
  }

  /** Applies the option `keyspaces` to the outcome, cached or not. */
  #withinKeyspaces(question: Question): Awaitable<Outcome> {
    const { keyspaces } = this.options;
    const answered = this.#answer(question);
    if (keyspaces.length === 0) return answered;
    return answered instanceof Promise
      ? answered.then((outcome) => withinKeyspaces(outcome, keyspaces))
      : withinKeyspaces(answered, keyspaces);
  }

  #answer(question: Question): Awaitable<Outcome> {
    const { timeout } = this.options;
    return this.cache === undefined
      ? this.#ask(question, timeout)
      : this.cache.obtain(question, timeout, this.#ask);
  }

  #hasPrefix(key: string): boolean {
    const { keyPrefix } = this.options;
    return keyPrefix.length === 0 || keyPrefix.some((prefix) => key.startsWith(prefix));
  }

  #metaError(metaFault: MetaFault, requestId: string | undefined): UnkeyMisconfiguredException {
    this.#metaLog.report(metaFault);
    return new UnkeyMisconfiguredException({
      requestId,
      status: this.options.statuses.UNKEY_MISCONFIGURED,
      cause: new Error(`the meta of key ${metaFault.keyId ?? ''} does not match its schema`),
    });
  }

  #exceptionOf({ kind, reason, requestId, retryAfter }: VerificationFailure): Error {
    const { statuses } = this.options;
    const cause = new Error(reason);
    return kind === 'misconfigured'
      ? new UnkeyMisconfiguredException({ requestId, cause, status: statuses.UNKEY_MISCONFIGURED })
      : new UnkeyUnavailableException({
          requestId,
          cause,
          status: statuses.UNKEY_UNAVAILABLE,
          ...(retryAfter === undefined ? {} : { retryAfter }),
        });
  }
}
