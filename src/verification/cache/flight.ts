import type { Outcome } from '../outcome.js';

/** What came of a call that others wait for. Only what is shared is theirs too. */
export interface Flight {
  readonly outcome: Outcome;
  readonly isShared: boolean;
}
