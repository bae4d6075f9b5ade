import { once } from 'node:events';
import type { Server } from 'node:http';
import type { EmulatorClock } from './clock.js';
import { type CreatedKey, type CreateKeyBody, createKeyDirectly } from './create-key-directly.js';
import { checkEmulatorOptions, checkRootKeyOptions, type EmulatorOptions } from './emulator-options.js';
import type { Fault, FaultHandle, FaultOptions } from './faults/fault.js';
import { EmulatorState, type EmulatorSetup } from './emulator-state.js';
import { operations, operationsWithKeyspaces } from './operations/operations.js';
import type { RecordedCall } from './transport/call-log.js';
import { createEmulatorServer } from './transport/emulator-server.js';

/** A root key that is to be made. */
export interface CreateRootKeyOptions {
  /**
   * What it may do: tuples such as `api.*.verify_key` or `api.<apiId>.verify_key`, compared letter for letter, or
   * grants such as `unkey:v1:ws_emulator:**#*`. Default: everything.
   */
  permissions?: readonly string[] | undefined;
  /** Default true. */
  enabled?: boolean | undefined;
  /** Unix ms. */
  expires?: number | undefined;
}

/**
 * An Unkey that runs in this process: the v2 API over real HTTP, with a clock that can be moved and faults on demand.
 * For development and tests.
 *
 * @example
 * const unkey = await UnkeyEmulator.start();
 * const { key } = await unkey.createKey({ permissions: ['documents.read'], credits: { remaining: 10 } });
 * // point the module, or any official client, at unkey.url with unkey.rootKey
 * await unkey.close();
 */
export class UnkeyEmulator {
  /** The base URL, for example `http://127.0.0.1:49152`. */
  readonly url: string;
  /** A root key that may do everything. */
  readonly rootKey: string;
  /** Whether it knows keyspaces, as `start({ keyspaces })` says. */
  readonly keyspaces: boolean;
  /** The emulator's clock. */
  readonly clock: EmulatorClock;
  readonly #server: Server;
  readonly #state: EmulatorState;
  readonly #resetListeners = new Set<() => void>();

  private constructor(server: Server, url: string, state: EmulatorState, keyspaces: boolean) {
    this.keyspaces = keyspaces;
    this.#server = server;
    this.#state = state;
    this.url = url;
    this.rootKey = state.rootKey;
    this.clock = state.clock;
  }

  /**
   * Starts an emulator.
   *
   * @throws {TypeError} for an option that is unknown or of a wrong type
   * @throws {Error} where `NODE_ENV` is `production`, unless `allowProduction` is true; for a port that is taken
   */
  static async start(options: EmulatorOptions = {}): Promise<UnkeyEmulator> {
    return UnkeyEmulator.startWith(options, {});
  }

  /** @internal with what the shell needs besides */
  static async startWith(options: EmulatorOptions, setup: EmulatorSetup): Promise<UnkeyEmulator> {
    checkEmulatorOptions(options);
    const state = new EmulatorState(options, setup);
    const server = createEmulatorServer({
      operations: options.keyspaces ? operationsWithKeyspaces : operations,
      clock: state.clock,
      faults: state.faults,
      log: state.log,
      workspace: () => state.workspace,
      commit: () => state.commit(),
      refuseHost: setup.refuseHost,
      answered: setup.answered,
    });
    const host = options.host ?? '127.0.0.1';
    server.listen(options.port ?? 0, host);
    await once(server, 'listening');
    return new UnkeyEmulator(server, urlOf(server, host), state, options.keyspaces ?? false);
  }

  /**
   * The latest requests that came in over HTTP, oldest first; `createKey` and `createRootKey` are not among them.
   *
   * @example
   * expect(unkey.calls.map((call) => call.operation)).toEqual(['keys.verifyKey']);
   */
  get calls(): RecordedCall[] {
    return this.#state.log.calls;
  }

  /**
   * Makes a key, without HTTP and whatever faults there are.
   *
   * @param body the body of `keys.createKey`; `apiId` may be left out
   * @returns the key as its owner sends it, and its id
   * @throws {TypeError} with one sentence if Unkey would refuse the body
   */
  async createKey(body: CreateKeyBody = {}): Promise<CreatedKey> {
    const { workspace } = this.#state;
    return createKeyDirectly(body, workspace, this.clock.now(), () => this.#state.defaultApi());
  }

  /**
   * Makes a further root key.
   *
   * @returns the root key, for an `Authorization: Bearer` header
   * @throws {TypeError} for an option that is unknown or of a wrong type
   * @example
   * const verifyOnly = unkey.createRootKey({ permissions: ['api.*.verify_key'] });
   */
  createRootKey(options: CreateRootKeyOptions = {}): string {
    checkRootKeyOptions(options);
    const { workspace } = this.#state;
    const rootKey = `unkey_${workspace.random.secret(16)}`;
    workspace.rootKeys.add(rootKey, options);
    return rootKey;
  }

  /**
   * Lets requests go wrong: the faults that fit a request hit in the order in which they were ordered, one a request.
   *
   * @throws {TypeError} for what is no fault, no operation or no count
   * @example
   * unkey.fail({ status: 500 }, { operation: 'keys.verifyKey', times: 2 });
   * const slow = unkey.fail({ latency: 300 });
   * slow.clear();
   */
  fail(fault: Fault, options?: FaultOptions): FaultHandle {
    return this.#state.faults.add(fault, options);
  }

  /** Makes everything as it was at the start: no data but `rootKey`, no faults, no calls, the clock where it was. */
  reset(): void {
    this.#state.reset();
    for (const listener of this.#resetListeners) listener();
  }

  /**
   * Calls a function after every {@link reset}, such as one that clears what an app under test has cached.
   *
   * @returns an object whose `off()` ends it
   */
  onReset(listener: () => void): { off(): void } {
    // A function of its own, so that the same listener may be added twice and removed once.
    const call = () => listener();
    this.#resetListeners.add(call);
    return { off: () => void this.#resetListeners.delete(call) };
  }

  /** Stops at once, hanging requests included. A second call does nothing. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Closes it at the end of `await using unkey = await UnkeyEmulator.start()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
