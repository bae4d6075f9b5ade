import {
  createParamDecorator,
  Inject,
  Injectable,
  UseGuards,
  type DynamicModule,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import {
  Credits,
  getVerifiedKey,
  KeyRatelimit,
  OptionalKey,
  Public,
  RequirePermissions,
  UnkeyGuard,
  UnkeyKey,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';

/** The handlers that every driver's app has; see {@link contractHandlers} for what each demands. */
export const HANDLERS = ['plain', 'permission', 'credits', 'limited', 'optional', 'open'] as const;
export type HandlerName = (typeof HANDLERS)[number];

/** A transport, as the contract suite uses it. Write one file `<name>.driver.ts` and add it to `drivers.ts`. */
export interface TransportDriver {
  /** For test names, such as `http on express`. */
  readonly name: string;
  /** Whether a refusal of this transport carries no HTTP status (gRPC has codes of its own). */
  readonly passesNoStatus?: true;
  /** Options of `UnkeyModule`, such as where the key stands if it is not in a header. */
  readonly options?: UnkeyModuleOptions;
  /** Boots an app on a real socket. */
  start(parts: ContractParts): Promise<RunningContract>;
}

/** What the app of a driver is made of. */
export interface ContractParts {
  /** `UnkeyModule` with a global guard. */
  readonly imports: readonly DynamicModule[];
  /**
   * Makes the class that holds the handlers, with `UnkeyGuard` on it. Decorate it as a controller, resolver or
   * gateway.
   *
   * @param on the decorator that makes a method a handler of your transport: `(name) => Get(name)`
   * @param answer wraps what a handler returns, where your transport needs a certain form
   */
  readonly handlers: (
    on: (name: HandlerName) => MethodDecorator,
    answer?: (value: HandlerAnswer) => unknown,
  ) => Type;
}

export interface RunningContract {
  /** Calls a handler as a new client would, with the key in the usual place of the transport, or without one. */
  call(handler: HandlerName, key?: string): Promise<Outcome>;
  close(): Promise<void>;
}

/** What a client received. Exactly one of `answer` and `refusal` is there. */
export interface Outcome {
  /** What the handler returned, unwrapped. */
  readonly answer?: unknown;
  readonly refusal?: Refusal;
  /** Everything that the client received (body and headers, frames, trailers) as text, to search for secrets. */
  readonly received: string;
}

export interface Refusal {
  /** Our code, such as `MISSING_KEY`. */
  readonly code: unknown;
  /** The HTTP status; `undefined` if the driver `passesNoStatus`. */
  readonly status?: unknown;
  /** Seconds; `undefined` if the client was told none. */
  readonly retryAfter?: unknown;
}

/** What the handlers return. */
export interface HandlerAnswer {
  handler: HandlerName;
  keyId?: string;
  externalId?: string;
  credits?: number;
  /** Whether `getVerifiedKey(context)` gave the object that `@UnkeyKey()` injects. */
  isSameKey: boolean;
}

const KeyFromContext = createParamDecorator((_: unknown, context: ExecutionContext) =>
  getVerifiedKey(context),
);

const RUNS = Symbol('handlers that ran');

/** The parts of an app whose handlers write their names to `ran`. */
export function contractParts(unkeyModule: DynamicModule, ran: HandlerName[]): ContractParts {
  return {
    imports: [
      unkeyModule,
      { module: class Runs {}, global: true, providers: [{ provide: RUNS, useValue: ran }], exports: [RUNS] },
    ],
    handlers: contractHandlers,
  };
}

function contractHandlers(
  on: (name: HandlerName) => MethodDecorator,
  answer: (value: HandlerAnswer) => unknown = (value) => value,
): Type {
  // The guard stands here too: on Nest 11 a global guard does not reach gateways.
  @UseGuards(UnkeyGuard)
  @Injectable()
  class ContractHandlers {
    constructor(@Inject(RUNS) private readonly ran: HandlerName[]) {}

    @UseGuards(UnkeyGuard)
    @on('plain')
    plain(
      @UnkeyKey() key: VerifiedKey,
      @UnkeyKey('identity.externalId') externalId: string | undefined,
      @KeyFromContext() same: VerifiedKey | undefined,
    ) {
      return this.#answer('plain', key, same, externalId);
    }

    @RequirePermissions('documents.read')
    @on('permission')
    permission(@UnkeyKey() key: VerifiedKey, @KeyFromContext() same: VerifiedKey | undefined) {
      return this.#answer('permission', key, same);
    }

    @Credits(5)
    @on('credits')
    credits(@UnkeyKey() key: VerifiedKey, @KeyFromContext() same: VerifiedKey | undefined) {
      return this.#answer('credits', key, same);
    }

    @KeyRatelimit('burst', { cost: 2 })
    @on('limited')
    limited(@UnkeyKey() key: VerifiedKey, @KeyFromContext() same: VerifiedKey | undefined) {
      return this.#answer('limited', key, same);
    }

    @OptionalKey()
    @on('optional')
    optional(@UnkeyKey() key: VerifiedKey | undefined, @KeyFromContext() same: VerifiedKey | undefined) {
      return this.#answer('optional', key, same);
    }

    @Public()
    @on('open')
    open(@UnkeyKey() key: VerifiedKey | undefined, @KeyFromContext() same: VerifiedKey | undefined) {
      return this.#answer('open', key, same);
    }

    #answer(
      handler: HandlerName,
      key: VerifiedKey | undefined,
      same: VerifiedKey | undefined,
      externalId?: string,
    ): unknown {
      this.ran.push(handler);
      return answer({
        handler,
        isSameKey: key === same,
        ...(key === undefined ? {} : { keyId: key.keyId }),
        ...(key?.credits === undefined ? {} : { credits: key.credits }),
        ...(externalId === undefined ? {} : { externalId }),
      });
    }
  }
  return ContractHandlers;
}
