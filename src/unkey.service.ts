import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import { ConnectionVerification, type SocketMiddleware } from './access/connection-verification.js';
import { demandedPolicy } from './access/demanded-policy.js';
import { callerOf } from './access/handlerless-context.js';
import { httpMiddleware, type HttpMiddleware } from './access/http-middleware.js';
import type { KeyVerification } from './access/key-verification.js';
import { RequestVerification } from './access/request-verification.js';
import type { VerificationSource } from './access/verification-source.js';
import type { AppAudit } from './contracts/app-audit.js';
import type { AuditEntry } from './contracts/audit-entry.js';
import type { Instances } from './contracts/instances.js';
import type { CountedLimits, LimitAnswer, LimitDemand, OnUnavailable } from './contracts/limit.js';
import type { Reverification } from './contracts/reverification.js';
import type { RootKeyCheck } from './contracts/root-key-check.js';
import type { UnkeyPing, UnkeyState } from './contracts/unkey-state.js';
import type { Verification } from './contracts/verification.js';
import type { VerifiedKey } from './contracts/verified-key.js';
import type { VerifyOptions } from './contracts/verify-options.js';
import type { UnkeyMisconfiguredException } from './errors/unkey-misconfigured.exception.js';
import { UnkeyUnavailableException } from './errors/unkey-unavailable.exception.js';
import { hasClient } from './options/can-verify.js';
import { noRootKey } from './options/no-root-key.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import {
  UNKEY_AUDIT,
  UNKEY_CLIENT,
  UNKEY_INSTANCES,
  UNKEY_KEY_VERIFICATION,
  UNKEY_LIMITER,
  UNKEY_LIVENESS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_VERIFICATION_SOURCE,
} from './options/tokens.js';
import type { Limiter } from './ratelimit/limiter.js';
import { Gateways } from './transports/ws/gateways.js';
import type { Liveness } from './verification/liveness.js';
import type { MetaSchemas } from './verification/meta-schemas.js';

const NOTHING: VerifyOptions = Object.freeze({});

/** Verifies keys outside of a guard, for example in a queue worker, a cron job or `handleConnection` of a gateway. */
@Injectable()
export class UnkeyService {
  // Private fields, because printing a client of the app shows its root key, and printing the instances the whole app.
  readonly #unkey: Unkey;
  readonly #instances: Instances<UnkeyService, ResolvedUnkeyOptions>;
  readonly #requests: RequestVerification;
  readonly #connections: ConnectionVerification;

  constructor(
    @Inject(UNKEY_RESOLVED_OPTIONS) private readonly options: ResolvedUnkeyOptions,
    @Inject(UNKEY_KEY_VERIFICATION) private readonly keys: KeyVerification,
    @Inject(UNKEY_VERIFICATION_SOURCE) private readonly source: VerificationSource,
    @Inject(UNKEY_LIMITER) private readonly limiter: Limiter,
    @Inject(UNKEY_LIVENESS) private readonly liveness: Liveness,
    @Inject(UNKEY_AUDIT) private readonly appAudit: AppAudit,
    @Inject(UNKEY_CLIENT) unkey: Unkey,
    @Inject(UNKEY_INSTANCES) instances: Instances<UnkeyService, ResolvedUnkeyOptions>,
    @Inject(Gateways) gateways: Gateways,
  ) {
    this.#unkey = unkey;
    this.#instances = instances;
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

  /** @internal checks the meta of valid keys; `undefined` without a schema */
  get metaSchemas(): MetaSchemas | undefined {
    return this.keys.metaSchemas;
  }

  /** @internal when a verification can be reused for a WebSocket client; also read by guards of other package copies */
  get reverification(): Reverification {
    return this.keys.reverification;
  }

  /**
   * The client of the official SDK, the same as with `@InjectUnkey()`, or with `@InjectUnkey(name)` for a named
   * instance.
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
   * Verifies a key and returns Unkey's verification. It does not throw if the key is denied: check `valid` and `code`.
   * Without a call to Unkey, the code is `MALFORMED_KEY` for a text that can't be a key, is a root key or starts with
   * `unkey_`, and `NOT_FOUND` for a key without the `keyPrefix`. The tags of the option `tags` are sent too.
   *
   * @throws UnkeyMisconfiguredException if Unkey rejects your app, or if the key's meta does not match `metaSchema` or
   * `identityMetaSchema`, or if an app behind a gateway has no root key
   * @throws UnkeyUnavailableException if Unkey returns no response within `timeout` ms, or an unreadable one
   * @throws TypeError if an option is invalid
   * @example
   * const { valid, keyId } = await unkey.verify(job.data.key, { permissions: 'jobs.run', credits: 3 });
   */
  verify(key: string, options: VerifyOptions = NOTHING): Promise<Verification> {
    return this.keys.verify(key, options, this.keys.metaSchemas);
  }

  /** @internal Like {@link verify}, but with the meta as Unkey returned it: it is parsed for each message. */
  verifyUnparsed(key: string, options: VerifyOptions): Promise<Verification> {
    return this.keys.verify(key, options, undefined);
  }

  /**
   * Drops all cached results for a key, also of verifications in flight. Call it after you change a key by any other
   * means than {@link client}, which does this by itself. Without the option `cache`, it only affects verifications
   * that WebSocket connections reuse. If the store is unreachable, this method does not throw; the store is updated
   * when it is reachable again.
   *
   * @throws TypeError if `target` has neither `key` nor `keyId`
   */
  async invalidate(target: { key: string } | { keyId: string }): Promise<void> {
    return this.keys.invalidate(target);
  }

  /**
   * Lists every handler of the app (controllers, resolvers, gateways, message patterns): whether it needs a key, what
   * decides that, what it requires, and what is wrong with it. Call it after `app.init()`, when global guards, the
   * global prefix and versioning are complete. Lazy-loaded modules are included once they are loaded.
   *
   * @example
   * expect(app.get(UnkeyService).audit()).toMatchSnapshot();
   */
  audit(): AuditEntry[] {
    return this.appAudit.list();
  }

  /**
   * Checks whether Unkey accepts the root key. It verifies a random key that does not exist, with a cost of 0, so it
   * creates no key and spends nothing. Never rejects.
   *
   * - `ok: false`: Unkey rejects the root key. It is unknown, disabled or expired, or its workspace is disabled.
   * - `ok: true`: Unkey knows the root key, and has recognized at least one key since this app started.
   * - `ok: 'unknown'`: Unkey cannot be reached, or it knows the root key but has recognized no key yet.
   *
   * It cannot know more, because Unkey returns `NOT_FOUND` both for a key that does not exist and for a key that the
   * root key may not verify. So `true` does not mean that the root key can verify the keys of every API, or that it
   * still has a permission that it had when the last key was verified.
   *
   * @example
   * const { ok, reason } = await unkey.checkRootKey();
   * if (ok === false) throw new Error(reason);
   */
  async checkRootKey(): Promise<RootKeyCheck> {
    return this.source.checkRootKey();
  }

  /**
   * Returns what this app knows about Unkey without calling it: the circuit breaker, and when Unkey last responded to a
   * verification. Cached results do not count.
   */
  state(): UnkeyState {
    return this.source.state();
  }

  /**
   * Checks whether Unkey is reachable, with `GET /v2/liveness` at `baseUrl` over the connections that verify keys. It
   * sends no key and no root key and spends nothing. It ignores the circuit breaker and never opens it. Never rejects.
   *
   * @param options `timeout`: ms; default: 1000
   * @example
   * const { reachable, ms, reason } = await unkey.ping({ timeout: 500 });
   */
  async ping({ timeout = 1000 }: { timeout?: number | undefined } = {}): Promise<UnkeyPing> {
    return this.liveness.ping(timeout);
  }

  /**
   * Creates a middleware for routes outside Nest's router, such as Swagger UI, Bull Board or static files. Mount
   * it before the route. It verifies the key as the guard does, and passes every denial to `next()`, where Nest's
   * filters handle it. The options `public`, `publicMetadata`, `exclude` and `skipIf` do not apply.
   *
   * @param options what the key must be allowed to do, in addition to the option `permissions`
   * @throws UnkeyConfigError if an option is invalid
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
   * guard. Guards of the client's messages wait for it, and reuse its result for equal requirements as long as
   * `verifyOn` and `reverifyAfter` allow. It costs the same as the verification of a message; `{ credits: 0 }` makes it
   * free.
   *
   * If the client is rejected, it receives the event `exception`, its connection is closed, and the result is
   * `undefined`. On `ws`, it is closed with 4401 for 401, 4429 for 402 and 429, 4403 for other 4xx, 1013 for 503 and
   * 1011 for other 5xx, with the code as the reason. Never rejects: another error, such as one that a key source
   * throws, is logged and closes the connection too.
   *
   * @param client what `handleConnection` gets
   * @param request the upgrade request that `handleConnection` gets on `ws`. Always pass it for a gateway with its own
   * port
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
   * Makes a middleware for socket.io that verifies clients before they connect. A client that is rejected gets
   * `connect_error` with the message, and the object of an `exception` event as `data`. Guards reuse its result as they
   * reuse that of {@link verifyConnection}.
   *
   * @param options what the key must be allowed to do, in addition to the option `permissions`
   * @throws UnkeyConfigError if an option is invalid
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
   * `ratelimit.*.create_namespace`. It always calls Unkey over HTTP with `rootKey` and `baseUrl`, whatever `verifier`
   * is.
   *
   * @throws UnkeyMisconfiguredException if Unkey rejects your app, or if there is no root key
   * @throws UnkeyUnavailableException if Unkey returns no response within `timeout` ms, or an unreadable one
   * @throws TypeError if a limit is invalid
   * @example
   * const { passed, limits } = await unkey.limit({ namespace: 'emails', identifier: user.id, limit: 10, duration: 3_600_000 });
   */
  async limit(demands: LimitDemand | LimitDemand[]): Promise<LimitAnswer> {
    const counted = await this.limiter.count(Array.isArray(demands) ? demands : [demands]);
    if (counted === undefined) throw new UnkeyUnavailableException();
    return counted.answer;
  }

  /** @internal like {@link limit}, with Unkey's id of the call; `undefined` if an outage is allowed and there is one */
  countLimits(
    demands: readonly LimitDemand[],
    onUnavailable: OnUnavailable,
  ): Promise<CountedLimits | undefined> {
    return this.limiter.count(demands, onUnavailable);
  }

  /** @internal logs an error in the app's setup once, and returns the exception for it */
  misconfiguredLimit(fault: string): UnkeyMisconfiguredException {
    return this.limiter.misconfigured(fault);
  }
}
