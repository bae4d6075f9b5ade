import type { EmulatorClock } from '../clock.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { Operations } from '../operations/operations.js';
import type { Workspace } from '../store/workspace.js';
import type { LiveUpdates } from './live-updates.js';
import type { PageCalls } from './page-calls.js';

/** The parts of an emulator that the page shows and changes. */
export interface EmulatorParts {
  readonly operations: Operations;
  readonly clock: EmulatorClock;
  readonly faults: FaultPlan;
  /** The root key of the start. */
  readonly rootKey: string;
  /** The current workspace; a reset replaces it. */
  readonly workspace: Workspace;
  /** Persists what a change made. If it throws, nothing has changed. */
  commit(): void;
}

/** What the page's routes use. */
export interface PageParts {
  readonly emulator: EmulatorParts;
  readonly calls: PageCalls;
  readonly live: LiveUpdates;
  /** Names that `Host` may have, besides those of loopback and the address of the connection. */
  readonly hosts: readonly string[];
}
