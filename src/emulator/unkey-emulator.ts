import { once } from 'node:events';
import type { Server } from 'node:http';
import type { EmulatorClock } from './clock.js';
import { type CreatedKey, type CreateKeyBody, createKeyDirectly } from './create-key-directly.js';
import { checkEmulatorOptions, checkRootKeyOptions, type EmulatorOptions } from './emulator-options.js';
import type { Fault, FaultHandle, FaultOptions } from './faults/fault.js';
import { EmulatorState, type EmulatorSetup } from './emulator-state.js';
import type { RecordedCall } from './transport/call-log.js';
import { createEmulatorServer } from './transport/emulator-server.js';

/** Options of `createRootKey`. */
export interface CreateRootKeyOptions {
  /** A display name, for the emulator's page. Default: none. */
  name?: string | undefined;
  /**
   * Its permissions: tuples such as `api.*.verify_key` or `api.<apiId>.verify_key`, compared exactly, or URN
   * grants such as `unkey:v1:ws_emulator:**#*`. Default: everything.
   */
  permissions?: readonly string[] | undefined;
  /** Default true. */
  enabled?: boolean | undefined;
  /** Unix ms. Default: never. */
  expires?: number | undefined;
}

/**
 * A local Unkey server in this process: the v2 API over real HTTP, with a clock that you can move and faults on demand.
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
  /** A root key with all permissions. */
  readonly rootKey: string;
  /** Whether it was started with `keyspaces: true`. */
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
   * @throws {TypeError} for an unknown or invalid option
   * @throws {Error} if `NODE_ENV` is `production` and `allowProduction` is not true, or if the port is in use
   */
  static async start(options: EmulatorOptions = {}): Promise<UnkeyEmulator> {
    return UnkeyEmulator.startWith(options, {});
  }

  /** @internal starts an emulator with the hooks of the command line */
  static async startWith(options: EmulatorOptions, setup: EmulatorSetup): Promise<UnkeyEmulator> {
    checkEmulatorOptions(options);
    const state = new EmulatorState(options, setup);
    const { page } = state;
    const server = createEmulatorServer({
      operations: state.operations,
      clock: state.clock,
      faults: state.faults,
      log: state.log,
      workspace: () => state.workspace,
      commit: () => state.commit(),
      refuseHost: setup.refuseHost,
      page,
      answered:
        page || setup.answered
          ? (call) => {
              page?.record(call);
              setup.answered?.(call);
            }
          : undefined,
    });
    const host = options.host ?? '127.0.0.1';
    server.listen(options.port ?? 0, host);
    await once(server, 'listening');
    return new UnkeyEmulator(server, urlOf(server, host), state, options.keyspaces ?? false);
  }

  /**
   * The latest HTTP requests, oldest first. `createKey` and `createRootKey` use no HTTP and are not recorded.
   *
   * @example
   * expect(unkey.calls.map((call) => call.operation)).toEqual(['keys.verifyKey']);
   */
  get calls(): RecordedCall[] {
    return this.#state.log.calls;
  }

  /**
   * Creates a key without HTTP. Faults do not apply.
   *
   * @param body the body of `keys.createKey`; `apiId` is optional
   * @returns the key as callers send it, and its id
   * @throws {TypeError} with one sentence if Unkey would reject the body
   */
  async createKey(body: CreateKeyBody = {}): Promise<CreatedKey> {
    const { workspace } = this.#state;
    const created = createKeyDirectly(body, workspace, this.clock.now(), () => this.#state.defaultApi());
    this.#state.changed();
    return created;
  }

  /**
   * Creates another root key.
   *
   * @returns the root key, for an `Authorization: Bearer` header
   * @throws {TypeError} for an unknown or invalid option
   * @example
   * const verifyOnly = unkey.createRootKey({ permissions: ['api.*.verify_key'] });
   */
  createRootKey(options: CreateRootKeyOptions = {}): string {
    checkRootKeyOptions(options);
    const rootKey = this.#state.workspace.rootKeys.create(options);
    this.#state.changed();
    return rootKey;
  }

  /**
   * Makes requests fail. Each request is hit by at most one fault: the first one added that matches the request and is
   * not used up.
   *
   * @throws {TypeError} for an invalid fault, operation or count
   * @example
   * unkey.fail({ status: 500 }, { operation: 'keys.verifyKey', times: 2 });
   * const slow = unkey.fail({ latency: 300 });
   * slow.clear();
   */
  fail(fault: Fault, options?: FaultOptions): FaultHandle {
    return this.#state.faults.add(fault, options);
  }

  /** Restores the state of the start: no data but `rootKey`, no faults, no recorded calls, the clock as it was. */
  reset(): void {
    this.#state.reset();
    for (const listener of this.#resetListeners) listener();
  }

  /**
   * Calls a function after every {@link reset}, such as one that clears what an app under test has cached.
   *
   * @returns an object whose `off()` removes the listener
   */
  onReset(listener: () => void): { off(): void } {
    // A new function each time, so that a listener that was added twice can be removed once.
    const call = () => listener();
    this.#resetListeners.add(call);
    return { off: () => void this.#resetListeners.delete(call) };
  }

  /** Closes the server immediately, including hanging requests. A second call does nothing. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Closes the server at the end of `await using unkey = await UnkeyEmulator.start()`. */
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
