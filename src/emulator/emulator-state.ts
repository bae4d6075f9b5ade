import { EmulatorClock } from './clock.js';
import { Random } from './domain/random.js';
import type { EmulatorOptions } from './emulator-options.js';
import { FaultPlan } from './faults/fault-plan.js';
import { operations } from './operations/operations.js';
import type { ChangeListener } from './store/changes.js';
import { Workspace } from './store/workspace.js';
import { CallLog } from './transport/call-log.js';
import type { AnsweredListener } from './transport/emulator-server.js';

/** What the shell adds to an emulator. */
export interface EmulatorSetup {
  /** Fills the workspace before the first request. */
  fill?: ((workspace: Workspace, now: number) => void) | undefined;
  /** Hears of every change. */
  changed?: ChangeListener | undefined;
  /** Hears of every answer before it is sent. */
  answered?: AnsweredListener | undefined;
}

const DEFAULT_API = 'api_default';

/** What one emulator consists of besides its server. */
export class EmulatorState {
  readonly clock: EmulatorClock;
  readonly log: CallLog;
  readonly faults = new FaultPlan(new Set([...operations.keys(), 'liveness']));
  readonly rootKey: string;
  workspace: Workspace;
  readonly #random = new Random();

  constructor({ now, recordCalls = 10_000, rootKey }: EmulatorOptions, setup: EmulatorSetup) {
    this.clock = new EmulatorClock(now);
    this.log = new CallLog(recordCalls === false ? 0 : recordCalls);
    this.rootKey = rootKey ?? `unkey_${this.#random.secret(16)}`;
    this.workspace = this.#freshWorkspace(setup.changed);
    setup.fill?.(this.workspace, this.clock.now());
  }

  /** The API of keys that were made without one, made with the first of them. */
  defaultApi(): string {
    const { apis } = this.workspace;
    return (apis.live(DEFAULT_API) ?? apis.create('default', { id: DEFAULT_API })).id;
  }

  reset(): void {
    this.workspace = this.#freshWorkspace();
    this.faults.clear();
    this.log.clear();
    this.clock.restart();
  }

  #freshWorkspace(changed?: ChangeListener): Workspace {
    const workspace = new Workspace(this.#random, changed);
    workspace.rootKeys.add(this.rootKey, {});
    return workspace;
  }
}
