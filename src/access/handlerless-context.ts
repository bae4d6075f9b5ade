import type { ExecutionContext, Type } from '@nestjs/common';

type Handler = ReturnType<ExecutionContext['getHandler']>;

/** What a context without a Nest handler names as its class and its handler. */
export interface Caller {
  readonly controller: Type;
  readonly handler: Handler;
}

/** Returns a class and its method that handles the request. */
export function callerOf(controller: Type, method: string): Caller {
  const handler: unknown = Reflect.get(controller.prototype as object, method);
  if (typeof handler !== 'function') throw new TypeError(`${controller.name} has no method "${method}"`);
  return { controller, handler };
}

/**
 * The context of a request that no Nest handler answers: key sources, checks and `userFrom` get it in place of Nest's
 * own.
 */
export class HandlerlessContext implements ExecutionContext {
  constructor(
    private readonly type: 'http' | 'ws',
    private readonly args: unknown[],
    private readonly caller: Caller,
  ) {}

  getType<Name extends string>(): Name {
    return this.type as Name;
  }

  getClass<T>(): Type<T> {
    return this.caller.controller;
  }

  getHandler(): Handler {
    return this.caller.handler;
  }

  getArgs<T extends unknown[]>(): T {
    return this.args as T;
  }

  getArgByIndex<T>(index: number): T {
    return this.args[index] as T;
  }

  switchToHttp(): ReturnType<ExecutionContext['switchToHttp']> {
    return {
      getRequest: <T>() => this.getArgByIndex<T>(0),
      getResponse: <T>() => this.getArgByIndex<T>(1),
      getNext: <T>() => this.getArgByIndex<T>(2),
    };
  }

  switchToWs(): ReturnType<ExecutionContext['switchToWs']> {
    return {
      getClient: <T>() => this.getArgByIndex<T>(0),
      getData: <T>() => this.getArgByIndex<T>(1),
      getPattern: () => '',
    };
  }

  switchToRpc(): ReturnType<ExecutionContext['switchToRpc']> {
    return {
      getData: <T>() => this.getArgByIndex<T>(0),
      getContext: <T>() => this.getArgByIndex<T>(1),
    };
  }
}
