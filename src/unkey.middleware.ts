import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { demandedPolicy } from './access/demanded-policy.js';
import { callerOf } from './access/handlerless-context.js';
import { httpMiddleware, type HttpMiddleware } from './access/http-middleware.js';
import { RequestVerification } from './access/request-verification.js';
import type { AppAudit } from './contracts/app-audit.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import { UNKEY_AUDIT, UNKEY_RESOLVED_OPTIONS, UNKEY_SERVICE } from './options/tokens.js';
import type { UnkeyService } from './unkey.service.js';

/**
 * Verifies keys for routes that no Nest handler answers. It requires only the permissions of the option `permissions`.
 * For other requirements, and for routes that `main.ts` mounts with `app.use()`, use `UnkeyService.middleware()`: on
 * Express, those routes run before a middleware that a module applies.
 *
 * @example
 * export class AppModule implements NestModule {
 *   configure(consumer: MiddlewareConsumer) {
 *     consumer.apply(UnkeyMiddleware).forRoutes('admin/queues', 'admin/queues/*splat');
 *   }
 * }
 */
@Injectable()
export class UnkeyMiddleware implements NestMiddleware {
  readonly #verify: HttpMiddleware;

  constructor(
    @Inject(UNKEY_SERVICE) unkey: UnkeyService,
    @Inject(UNKEY_RESOLVED_OPTIONS) options: ResolvedUnkeyOptions,
    @Inject(UNKEY_AUDIT) audit: AppAudit,
  ) {
    audit.noteMiddleware();
    this.#verify = httpMiddleware(
      new RequestVerification(options, unkey),
      demandedPolicy('UnkeyMiddleware', options, {}),
      callerOf(UnkeyMiddleware, 'use'),
    );
  }

  /** Calls `next()` if the request may pass, or `next(error)`. */
  use(request: object, response: object, next: (error?: unknown) => void): void {
    this.#verify(request, response, next);
  }
}
