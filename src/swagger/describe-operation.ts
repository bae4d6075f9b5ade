import type { Decision } from '../audit/decide.js';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { KeyRatelimitDemand } from '../contracts/verify-options.js';
import { LIMITS, readPolicy } from '../decorators/policy-metadata.js';
import { toPermissionQuery } from '../options/permission-query.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import type { DenialResponses } from './denial-responses.js';
import type { Operation, SecurityRequirement } from './open-api.js';
import { requireBoth, withoutSchemes } from './security.js';
import type { SecuritySchemeNames } from './security-schemes.js';

/** What the operations of one document share. */
export interface DocumentParts {
  /** The security of operations that declare none. */
  readonly security: readonly SecurityRequirement[] | undefined;
  readonly schemes: SecuritySchemeNames;
  readonly responses: DenialResponses;
  /** The options of the instance that guards an operation. */
  optionsOf(instance: string | undefined): ResolvedUnkeyOptions;
}

/** Returns an operation with what the guard does to its requests. */
export function describeOperation(operation: Operation, decision: Decision, parts: DocumentParts): Operation {
  const { access, guard, policy } = decision;
  if (access === 'skipped') return operation;
  const { schemes, responses } = parts;
  const options = parts.optionsOf(policy.instance);
  const limited = isLimited(decision)
    ? { ...operation, responses: responses.addLimitsTo(operation.responses, options) }
    : operation;
  if (guard === undefined || access === 'unguarded') return limited;
  const declared = operation.security ?? parts.security ?? [];
  // Key sources of the option count too: the user may have declared them for the whole class or document.
  const others = withoutSchemes(declared, schemes.namesFor([...options.keyFrom, ...policy.keyFrom]));
  if (access === 'public') return { ...limited, security: others };
  const ours = schemes.namesOf(policy.keyFrom, policy.instance).map((name) => ({ [name]: [] }));
  const demands = demandsOf(policy);
  return {
    ...operation,
    // Nothing is known about the places of the key if no source can be described.
    ...(ours.length === 0
      ? {}
      : { security: requireBoth(others, access === 'optional' ? [...ours, {}] : ours) }),
    responses: responses.addTo(operation.responses, options, policy.checks),
    ...(demands === undefined ? {} : { 'x-unkey': demands }),
  };
}

/** Whether a handler or its class has `@Ratelimit()`, which needs no key. */
function isLimited({ found: { controller, method } }: Decision): boolean {
  return [controller, method].some((holder) => readPolicy(LIMITS, holder).length > 0);
}

/** What a handler requires of a key, for `x-unkey`. */
interface OperationDemands {
  permissions?: string;
  credits?: number | 'computed';
  ratelimits?: KeyRatelimitDemand[];
}

function demandsOf({ permissions, credits, ratelimits }: HandlerPolicy): OperationDemands | undefined {
  const demands: OperationDemands = {
    ...(permissions.length === 0 ? {} : { permissions: toPermissionQuery(permissions) }),
    ...(credits === undefined ? {} : { credits: typeof credits === 'function' ? 'computed' : credits }),
    ...(ratelimits.length === 0 ? {} : { ratelimits: ratelimits.map(withoutUndefined) }),
  };
  return Object.keys(demands).length === 0 ? undefined : demands;
}

function withoutUndefined({ name, ...rest }: KeyRatelimitDemand): KeyRatelimitDemand {
  return { name, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
}
