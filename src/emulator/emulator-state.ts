import { ApiError } from './api-error.js';
import { EmulatorClock } from './clock.js';
import { Random } from './domain/random.js';
import type { EmulatorOptions } from './emulator-options.js';
import { FaultPlan } from './faults/fault-plan.js';
import { type Operations, operations, operationsWithKeyspaces } from './operations/operations.js';
import type { ChangeListener } from './store/changes.js';
import { Workspace } from './store/workspace.js';
import { Page } from './page/page.js';
import type { AnsweredListener } from './transport/answered-call.js';
import { CallLog } from './transport/call-log.js';

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
  /** More names of this machine, for the page: requests with any other `Host` are rejected. */
  allowHost?: readonly string[] | undefined;
  /** Called for every request, before its response is sent. */
  answered?: AnsweredListener | undefined;
}

const DEFAULT_API = 'api_default';

/** The state of an emulator: everything but its HTTP server. */
export class EmulatorState {
  readonly operations: Operations;
  readonly clock: EmulatorClock;
  readonly log: CallLog;
  readonly faults: FaultPlan;
  readonly page: Page | undefined;
  readonly rootKey: string;
  workspace: Workspace;
  readonly #setup: EmulatorSetup;
  readonly #random = new Random();

  constructor(options: EmulatorOptions, setup: EmulatorSetup) {
    const { now, recordCalls = 10_000, rootKey, page = true } = options;
    const changed = () => this.changed();
    this.operations = options.keyspaces ? operationsWithKeyspaces : operations;
    this.clock = new EmulatorClock(now, changed);
    this.faults = new FaultPlan(new Set([...operations.keys(), 'liveness']), changed);
    this.log = new CallLog(recordCalls === false ? 0 : recordCalls);
    this.rootKey = rootKey ?? `unkey_${this.#random.secret(16)}`;
    this.#setup = setup;
    this.workspace = this.#filledWorkspace();
    this.page = page ? new Page(this, [options.host ?? '127.0.0.1', ...(setup.allowHost ?? [])]) : undefined;
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

  /** Call this after a change that no request made, so that the page shows it. */
  changed(): void {
    this.page?.live.notify();
  }

  reset(): void {
    this.workspace = this.#freshWorkspace();
    this.faults.clear();
    this.log.clear();
    this.page?.calls.clear();
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
