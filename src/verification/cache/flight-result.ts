import type { Outcome } from '../outcome.js';

/** The outcome of a call that other requests wait for. They use it only if it is shareable. */
export interface FlightResult {
  readonly outcome: Outcome;
  readonly isShareable: boolean;
}
