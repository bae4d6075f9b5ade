import type { HttpAdapterHost } from '@nestjs/core';

interface ExpressInstance {
  router?: { stack?: { route?: { path?: unknown } }[] };
}

interface FastifyInstance {
  addHook?: (name: 'onRoute', hook: (route: { url: string }) => void) => unknown;
}

/**
 * The patterns of the routes that the HTTP adapter serves. Express can be asked afterwards; Fastify tells only
 * those who listen from the start, so this must be made before the routes are registered.
 */
export class RegisteredRoutes {
  readonly #heard: string[] = [];

  constructor(private readonly host: HttpAdapterHost) {
    if (this.#type() !== undefined) this.#listen();
    // Under Test.createTestingModule() the adapter comes after the providers.
    else host.init$.subscribe(() => this.#listen());
  }

  /** `undefined` where there is no HTTP adapter, or one that cannot be asked. */
  patterns(): string[] | undefined {
    if (this.#type() === 'fastify') return this.#heard;
    if (this.#type() !== 'express') return undefined;
    const { router } = this.host.httpAdapter.getInstance<ExpressInstance>();
    return router?.stack?.map((layer) => layer.route?.path).filter((path) => typeof path === 'string');
  }

  #type(): string | undefined {
    return this.host.httpAdapter?.getType();
  }

  #listen(): void {
    if (this.#type() !== 'fastify') return;
    const instance = this.host.httpAdapter.getInstance<FastifyInstance>();
    instance.addHook?.('onRoute', ({ url }) => this.#heard.push(url));
  }
}
