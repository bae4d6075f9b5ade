import type { HttpAdapterHost } from '@nestjs/core';

interface ExpressInstance {
  router?: { stack?: { route?: { path?: unknown } }[] };
}

interface FastifyInstance {
  addHook?: (name: 'onRoute', hook: (route: { url: string }) => void) => unknown;
}

/**
 * Collects the patterns of the routes of the HTTP adapter. Express lists them at any time. Fastify reports each one only
 * when it is registered, so create this object before the routes are registered.
 */
export class RegisteredRoutes {
  readonly #reported: string[] = [];

  constructor(private readonly host: HttpAdapterHost) {
    if (this.#type() !== undefined) this.#listen();
    // Test.createTestingModule() sets the adapter after it creates the providers.
    else host.init$.subscribe(() => this.#listen());
  }

  /** Returns the route patterns; `undefined` if there is no HTTP adapter, or an unknown one. */
  patterns(): string[] | undefined {
    if (this.#type() === 'fastify') return this.#reported;
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
    instance.addHook?.('onRoute', ({ url }) => this.#reported.push(url));
  }
}
