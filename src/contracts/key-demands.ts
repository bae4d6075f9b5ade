import type { KeyRatelimitDemand } from './verify-options.js';

/** What a call demanded of its key, in Unkey's terms. */
export interface KeyDemands {
  /** The permission query. */
  permissions?: string;
  /** What the call costs, where that is said. */
  credits?: number;
  /** The limits that the call counts against. */
  ratelimits?: KeyRatelimitDemand[];
}
