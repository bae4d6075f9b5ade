import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { KeyCheck } from '../contracts/key-check.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { checkCredits, checkRatelimit, checkTags } from '../options/check-demands.js';
import { frozenCopy } from '../options/frozen.js';
import { resolveKeyCheck } from '../options/key-checks.js';
import { challengeScheme, checkKeySources } from '../options/key-sources.js';
import { toPermissionQuery } from '../options/permission-query.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { fixedDemands } from './demands-of.js';

/** The options that are combined with the decorators. */
export type PolicyOptions = Pick<
  ResolvedUnkeyOptions,
  | 'name'
  | 'permissions'
  | 'tags'
  | 'keyFrom'
  | 'scheme'
  | 'checks'
  | 'statuses'
  | 'public'
  | 'publicMetadata'
  | 'gateway'
>;

/** The values of a handler's decorators, before they are checked. */
export interface WrittenPolicy extends Omit<
  HandlerPolicy,
  'fixed' | 'keyFrom' | 'scheme' | 'checks' | 'takesPrincipal'
> {
  /** The arguments of `@KeyFrom()`; `undefined` without it. */
  readonly sources: unknown;
  readonly checks: readonly KeyCheck[];
}

/**
 * Checks the values of the decorators and combines them with the options.
 *
 * @param where the handler, for errors
 * @throws UnkeyConfigError names the handler and what is wrong
 */
export function checkedPolicy(
  where: string,
  options: PolicyOptions,
  { sources, ...written }: WrittenPolicy,
): HandlerPolicy {
  try {
    checkDemands(written, options);
    // Copied, because the app can still change the objects that it passed to a decorator.
    const policy = {
      ...written,
      ...placesOf(sources, options),
      takesPrincipal: takesPrincipal({ sources, ...written }, options),
      permissions: frozenCopy(written.permissions),
      ratelimits: frozenCopy(written.ratelimits),
      tags: Object.freeze(written.tags),
      checks: Object.freeze([
        ...options.checks,
        ...written.checks.map((check) => decoratorCheck(check, options)),
      ]),
    };
    return Object.freeze({ ...policy, fixed: frozenCopy(fixedDemands(policy)) });
  } catch (error) {
    throw new UnkeyConfigError(`${where}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function checkDemands(
  { permissions, credits, ratelimits, tags }: Omit<WrittenPolicy, 'sources'>,
  options: PolicyOptions,
) {
  if (permissions.length > 0) toPermissionQuery(permissions);
  if (credits !== undefined && typeof credits !== 'function') checkCredits(credits);
  ratelimits.forEach(checkRatelimit);
  // The tags of the option are sent too, and count towards Unkey's maximum.
  checkTags([...options.tags, ...tags.filter((tag) => typeof tag !== 'function').flat()]);
}

function placesOf(sources: unknown, options: PolicyOptions): Pick<HandlerPolicy, 'keyFrom' | 'scheme'> {
  if (sources === undefined) return { keyFrom: options.keyFrom, scheme: options.scheme };
  if (!Array.isArray(sources) || sources.length === 0) {
    throw new TypeError('@KeyFrom() must name at least one key source, such as fromHeader("x-api-key")');
  }
  const given: unknown[] = sources;
  return prefixed('@KeyFrom()', () => {
    checkKeySources(given);
    return { keyFrom: Object.freeze([...given]), scheme: challengeScheme(given) };
  });
}

/**
 * Whether a principal of the gateway can replace the key. The gateway may have verified another key than `@KeyFrom()`
 * reads, and credits and rate limits can only be counted with the key itself.
 */
function takesPrincipal(written: Omit<WrittenPolicy, 'checks'>, { gateway }: PolicyOptions): boolean {
  if (gateway === undefined) return false;
  const { access, openedBy, credits, ratelimits, sources } = written;
  const [needsKey] = [
    ...(credits === undefined ? [] : ['@Credits() or credits']),
    ...(ratelimits.length === 0 ? [] : ['@KeyRatelimit() or ratelimits']),
    ...(sources === undefined ? [] : ['@KeyFrom()']),
  ];
  const isPublic = access === 'public' || (access === undefined && openedBy !== undefined);
  if (needsKey === undefined || isPublic || gateway.otherwise === 'verify') return needsKey === undefined;
  throw new TypeError(
    `${needsKey} needs the key itself, but the option "gateway" accepts only principals; ` +
      "remove it, or set gateway.otherwise to 'verify'",
  );
}

function decoratorCheck(check: KeyCheck, { statuses }: PolicyOptions) {
  return prefixed('@CheckKey()', () => resolveKeyCheck(check, statuses));
}

function prefixed<T>(decorator: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw new TypeError(`${decorator}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
