import type { RequestState } from '../../contracts/request-state.js';
import { property } from '../property.js';
import { readState, stateOn, type StateCarrier } from '../request-state.js';
import { CallState } from './call-state.js';
import { messageOf, operationRequest, type OperationRequest } from './operation-request.js';
import type { ResolverCall } from './resolver-call.js';

const OPERATION = Symbol.for('nestjs-unkey:graphql-operation');

/** The property of a request that counts the context values it was seen with. */
const OPERATIONS = Symbol.for('nestjs-unkey:graphql-operations');

interface ContextValue {
  [OPERATION]?: Operation;
}

/**
 * The state that the resolvers of one GraphQL operation share. It is stored on the context value and not on the HTTP
 * request, because the operations of a batch share the request.
 *
 * Verifications belong to the operation. Each resolver call has its own key and decision, because root fields run
 * concurrently, and their requirements can differ.
 */
export class Operation {
  readonly #verifications: StateCarrier = {};
  readonly #calls = new WeakMap<object, StateCarrier>();
  readonly #rootFields = new Map<unknown, StateCarrier>();
  readonly #message: object | undefined;
  readonly #definition: unknown;
  #isShared: boolean;

  constructor(contextValue: object, { definition }: ResolverCall) {
    const from = operationRequest(contextValue);
    this.#message = messageOf(from.request);
    this.#definition = definition;
    this.#isShared = hasRequestOfAnother(contextValue, from) || isOneTooMany(from);
  }

  /**
   * Whether the context value belongs to several operations, so that their callers cannot be distinguished. Once
   * `true`, it stays `true`.
   */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Compares a call with the earlier calls with this context value. */
  see(contextValue: object, { definition }: ResolverCall): void {
    const { request, isSocket } = operationRequest(contextValue);
    const isAnother =
      messageOf(request) !== this.#message ||
      // graphql-ws parses each message, and has no request for each operation.
      (isSocket && definition !== this.#definition);
    this.#isShared ||= isAnother;
  }

  state(call: ResolverCall, scope: string): RequestState {
    const carrier = this.#carrier(call) ?? this.#newCarrier(call);
    return new CallState(stateOn(carrier, scope), stateOn(this.#verifications, scope));
  }

  /**
   * Returns the decision of a guard about this call. For a nested field without a guard, it is the decision about the
   * root field.
   */
  decision(call: ResolverCall): RequestState | undefined {
    if (this.#isShared) return undefined;
    // A state without a decision belongs to another guard, such as one that only counts rate limits.
    return [this.#carrier(call), this.#rootFields.get(call.rootField)]
      .map((carrier) => carrier && readState(carrier))
      .find((state) => state?.decided === true || state?.key !== undefined);
  }

  #carrier({ identity }: ResolverCall): StateCarrier | undefined {
    return identity && this.#calls.get(identity);
  }

  #newCarrier({ identity, isRootField, rootField }: ResolverCall): StateCarrier {
    const carrier: StateCarrier = {};
    if (identity !== undefined) this.#calls.set(identity, carrier);
    if (isRootField) this.#rootFields.set(rootField, carrier);
    return carrier;
  }
}

/** Returns the operation that a call belongs to; `undefined` if the context value cannot hold one. */
export function operationOf(call: ResolverCall): Operation | undefined {
  const { contextValue } = call;
  if (!isContextValue(contextValue)) return undefined;
  // An own property: Mercurius makes the context values of a batch inherit from one object.
  const known = Object.hasOwn(contextValue, OPERATION) ? contextValue[OPERATION] : undefined;
  if (known !== undefined) {
    known.see(contextValue, call);
    return known;
  }
  if (!Object.isExtensible(contextValue)) return undefined;
  const operation = new Operation(contextValue, call);
  // Not enumerable: Apollo and Mercurius copy context values.
  Object.defineProperty(contextValue, OPERATION, { value: operation });
  return operation;
}

/**
 * Whether `context.req` is the request of another caller. Nest sets `req` only once per object. Mercurius has the right
 * request in `context.reply`.
 */
function hasRequestOfAnother(contextValue: object, { request, isSocket }: OperationRequest): boolean {
  const message = messageOf(property(contextValue, 'req'));
  return !isSocket && message !== undefined && message !== messageOf(request);
}

/**
 * Whether a request was seen with more context values than it has operations, or has already been answered. Then it is
 * the request of the first caller, in an object that all callers share.
 */
function isOneTooMany({ request, isSocket }: OperationRequest): boolean {
  const message = messageOf(request);
  if (message === undefined || isSocket) return false;
  const seen = 1 + Number(property(message, OPERATIONS) ?? 0);
  Object.defineProperty(message, OPERATIONS, { value: seen, configurable: true });
  const body = property(request, 'body');
  const operations = Array.isArray(body) ? body.length : 1;
  // Only Express has a reference from the request to its response.
  return seen > operations || property(property(request, 'res'), 'writableEnded') === true;
}

function isContextValue(value: unknown): value is ContextValue {
  return typeof value === 'object' && value !== null;
}
