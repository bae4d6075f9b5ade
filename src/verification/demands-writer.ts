import type { VerifyRequest, VerifyRequestRatelimit } from '../contracts/verifier.js';
import type { KeyRatelimitDemand, VerifyOptions } from '../contracts/verify-options.js';
import { checkDemands, fitTags } from '../options/check-demands.js';
import { frozenCopy, isFrozen } from '../options/frozen.js';
import { toPermissionQuery } from '../options/permission-query.js';

/** What is demanded in Unkey's own terms: the body of the call without the key. */
export type WrittenDemands = Omit<VerifyRequest, 'key'>;

/** What is sent with every verification of an app. */
export interface AlwaysSent {
  /** Come before those of a call. */
  readonly tags: readonly string[];
  readonly keyspaces: readonly string[];
}

/** Writes demands for Unkey. What a handler demands whatever the request is, the same frozen object, is written once. */
export class DemandsWriter {
  readonly #written = new WeakMap<VerifyOptions, WrittenDemands>();

  constructor(private readonly always: AlwaysSent) {}

  /** @throws TypeError for what cannot be demanded of Unkey */
  write(options: VerifyOptions): WrittenDemands {
    const known = this.#written.get(options);
    if (known !== undefined) return known;
    checkDemands(options);
    const written = inUnkeysTerms(options, this.always);
    if (!isFrozen(options)) return written;
    // A verifier of the user's own is given parts of it, which must be the same for the next request.
    const fixed = frozenCopy(written);
    this.#written.set(options, fixed);
    return fixed;
  }
}

/** The body: only what is asked for, so that an absent demand is an absent field. */
export function requestFor(key: string, demands: WrittenDemands): VerifyRequest {
  return { key, ...demands };
}

function inUnkeysTerms(
  { permissions, credits, ratelimits, tags = [] }: VerifyOptions,
  always: AlwaysSent,
): WrittenDemands {
  const written: WrittenDemands = {};
  if (permissions !== undefined) {
    written.permissions = toPermissionQuery(Array.isArray(permissions) ? permissions : [permissions]);
  }
  if (credits !== undefined) written.credits = { cost: credits };
  if (ratelimits !== undefined && ratelimits.length > 0) written.ratelimits = ratelimits.map(toRatelimit);
  // A call's own tags may be as many as Unkey takes, and must not be refused for those that the app adds.
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
