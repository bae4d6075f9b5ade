import type { KeyRatelimitDemand } from './verify-options.js';

/** What a call required of its key. What it did not require is absent. */
export interface KeyDemands {
  /** The permission query. */
  permissions?: string;
  /** How many credits the call costs, if a cost is given. */
  credits?: number;
  /** The rate limits that the call counts against. */
  ratelimits?: KeyRatelimitDemand[];
}
