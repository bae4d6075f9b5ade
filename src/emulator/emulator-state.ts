import { ApiError } from './api-error.js';
import { EmulatorClock } from './clock.js';
import { Random } from './domain/random.js';
import type { EmulatorOptions } from './emulator-options.js';
import { FaultPlan } from './faults/fault-plan.js';
import { operations } from './operations/operations.js';
import type { ChangeListener } from './store/changes.js';
import { Workspace } from './store/workspace.js';
import { CallLog } from './transport/call-log.js';
import type { AnsweredListener } from './transport/emulator-server.js';

/** Hooks that the command line uses. */
export interface EmulatorSetup {
  /** Fills an empty workspace: before the first request, and again after a failed `commit`. */
  fill?: ((workspace: Workspace, now: number) => void) | undefined;
  /** Called for every change. */
  changed?: ChangeListener | undefined;
  /** Persists what a request changed, before the response is sent. If it throws, nothing of the request is persisted. */
  commit?: ((workspace: Workspace) => void) | undefined;
  /** Returns the reason to reject requests under `/v2` with this `Host` header, or `undefined` to accept them. */
  refuseHost?: ((host: string | undefined) => string | undefined) | undefined;
  /** Called with every response before it is sent. */
  answered?: AnsweredListener | undefined;
}

const DEFAULT_API = 'api_default';

/** The state of an emulator: everything but its HTTP server. */
export class EmulatorState {
  readonly clock: EmulatorClock;
  readonly log: CallLog;
  readonly faults = new FaultPlan(new Set([...operations.keys(), 'liveness']));
  readonly rootKey: string;
  workspace: Workspace;
  readonly #setup: EmulatorSetup;
  readonly #random = new Random();

  constructor({ now, recordCalls = 10_000, rootKey }: EmulatorOptions, setup: EmulatorSetup) {
    this.clock = new EmulatorClock(now);
    this.log = new CallLog(recordCalls === false ? 0 : recordCalls);
    this.rootKey = rootKey ?? `unkey_${this.#random.secret(16)}`;
    this.#setup = setup;
    this.workspace = this.#filledWorkspace();
  }

  /** The id of the API for keys that are created without one. The first such key creates it. */
  defaultApi(): string {
    const { apis } = this.workspace;
    return (apis.live(DEFAULT_API) ?? apis.create('default', { id: DEFAULT_API })).id;
  }

  /**
   * Persists what a request changed. If that fails, the workspace is filled again, so that the request changes nothing.
   *
   * @throws {ApiError} 500
   */
  commit(): void {
    try {
      this.#setup.commit?.(this.workspace);
    } catch (error) {
      this.workspace = this.#filledWorkspace();
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError('serviceUnavailable', `The change was not made: ${reason}`);
    }
  }

  reset(): void {
    this.workspace = this.#freshWorkspace();
    this.faults.clear();
    this.log.clear();
    this.clock.restart();
  }

  #filledWorkspace(): Workspace {
    const { changed, fill } = this.#setup;
    const workspace = this.#freshWorkspace(changed);
    fill?.(workspace, this.clock.now());
    return workspace;
  }

  #freshWorkspace(changed?: ChangeListener): Workspace {
    const workspace = new Workspace(this.#random, changed);
    workspace.rootKeys.add(this.rootKey, {});
    return workspace;
  }
}
