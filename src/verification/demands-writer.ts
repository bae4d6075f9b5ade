import type { VerifyRequest, VerifyRequestRatelimit } from '../contracts/verifier.js';
import type { KeyRatelimitDemand, VerifyOptions } from '../contracts/verify-options.js';
import { checkDemands, fitTags } from '../options/check-demands.js';
import { frozenCopy, isFrozen } from '../options/frozen.js';
import { toPermissionQuery } from '../options/permission-query.js';

/** The request body of `keys.verifyKey` without the key. */
export type WrittenDemands = Omit<VerifyRequest, 'key'>;

/** What an app sends with every verification. */
export interface AlwaysSent {
  /** Sent before the tags of a call. */
  readonly tags: readonly string[];
  readonly keyspaces: readonly string[];
}

/**
 * Converts the options of a verification to a request body. A frozen object, as handlers have it, is converted only
 * once.
 */
export class DemandsWriter {
  readonly #written = new WeakMap<VerifyOptions, WrittenDemands>();

  constructor(private readonly always: AlwaysSent) {}

  /** @throws TypeError for options that Unkey does not accept */
  write(options: VerifyOptions): WrittenDemands {
    const known = this.#written.get(options);
    if (known !== undefined) return known;
    checkDemands(options);
    const written = toRequestBody(options, this.always);
    if (!isFrozen(options)) return written;
    // Frozen, so that a verifier of the user's own cannot change it for later requests.
    const fixed = frozenCopy(written);
    this.#written.set(options, fixed);
    return fixed;
  }
}

/** Adds the key to a request body. */
export function requestFor(key: string, demands: WrittenDemands): VerifyRequest {
  return { key, ...demands };
}

/** Sets only the properties that are needed. */
function toRequestBody(
  { permissions, credits, ratelimits, tags = [] }: VerifyOptions,
  always: AlwaysSent,
): WrittenDemands {
  const written: WrittenDemands = {};
  if (permissions !== undefined) {
    written.permissions = toPermissionQuery(Array.isArray(permissions) ? permissions : [permissions]);
  }
  if (credits !== undefined) written.credits = { cost: credits };
  if (ratelimits !== undefined && ratelimits.length > 0) written.ratelimits = ratelimits.map(toRatelimit);
  // Truncated instead of rejected: the tags of the app must not make a valid call fail.
  const allTags = fitTags([...always.tags, ...tags]);
  if (allTags.length > 0) written.tags = allTags;
  if (always.keyspaces.length > 0) written.keyspaces = [...always.keyspaces];
  return written;
}

function toRatelimit({ name, cost, limit, duration }: KeyRatelimitDemand): VerifyRequestRatelimit {
  const ratelimit: VerifyRequestRatelimit = { name };
  if (cost !== undefined) ratelimit.cost = cost;
  if (limit !== undefined) ratelimit.limit = limit;
  if (duration !== undefined) ratelimit.duration = duration;
  return ratelimit;
}
