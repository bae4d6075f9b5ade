import type { AuditEntry, AuditProblem } from '../contracts/audit-entry.js';
import { hasDemands, injectsKey, needsGuard } from '../decorators/declared-policy.js';
import type { AuditFacts } from './audit-facts.js';
import type { Decision } from './decide.js';
import { isPublicByInheritance, overriddenHandler } from './inheritance.js';
import { isLimiterBefore } from './limiter-before.js';
import { throttlerBefore } from './throttler-before.js';

/** What is wrong with a handler, why, and how to fix it. */
export type Finding = Required<Pick<AuditEntry, 'problem' | 'reason' | 'cure'>>;

/** One kind of problem: the reason and the cure if a handler has it. */
type Rule = (decision: Decision, around: Around) => Omit<Finding, 'problem'> | undefined;

/** What a rule can use besides the decision. */
export interface Around {
  readonly facts: AuditFacts;
  /** Whether a guard checks the requirements of the class for at least one of its handlers. */
  readonly classIsChecked: (decision: Decision) => boolean;
}

/** In the order in which they are checked; a handler has at most one problem. */
const RULES: Readonly<Record<Exclude<AuditProblem, 'no-guard-in-app'>, Rule>> = {
  gateway: ({ gap, found }) =>
    gap === 'gateway'
      ? {
          reason: 'On Nest 11 global guards do not run for gateways, so this message needs no key.',
          cure: useGuards(found.controller),
        }
      : undefined,

  'request-scoped': ({ gap, found }) =>
    gap === 'request-scoped'
      ? {
          reason:
            'The global guard is request-scoped, and Nest does not run it for this gateway, so this message needs no key.',
          cure: useGuards(found.controller),
        }
      : undefined,

  'hybrid-rpc': ({ gap, found }) =>
    gap === 'hybrid-rpc'
      ? {
          reason:
            'In an app that also serves HTTP, global guards do not run for messages and events unless connectMicroservice() has { inheritAppConfig: true }.',
          cure: `${useGuards(found.controller, '')}, or pass { inheritAppConfig: true } to every connectMicroservice() and set the option inheritAppConfig: true.`,
        }
      : undefined,

  'reference-resolver': ({ gap }) =>
    gap === 'reference-resolver'
      ? {
          reason: 'Nest runs no guards for @ResolveReference(), so _entities needs no key here.',
          cure: FIELD_ENHANCERS,
        }
      : undefined,

  'field-resolver': (decision, around) =>
    decision.gap === 'field-resolver' || isFieldOfUncheckedClass(decision, around)
      ? {
          reason: 'Nest runs no guards for field resolvers, so the decorators here have no effect.',
          cure: FIELD_ENHANCERS,
        }
      : undefined,

  'no-guard': ({ access, guard, found: { controller, name, method } }) => {
    if (access !== 'unguarded' || guard !== undefined) return undefined;
    if (!needsGuard(method) && !needsGuard(controller) && !injectsKey(controller, name)) return undefined;
    return {
      reason: 'It has decorators of nestjs-unkey, but no guard that reads them.',
      cure: `${useGuards(controller, '')}, or set globalGuard: true.`,
    };
  },

  'guard-order': (decision, { facts }) => {
    if (decision.access !== 'protected' && decision.access !== 'optional') return undefined;
    if (isLimiterBefore(decision, facts)) {
      return {
        reason: '@Ratelimit() depends on the key, but its guard runs before the guard that verifies the key.',
        cure: 'Write @Ratelimit() above @UseGuards(UnkeyGuard), because the lower decorator runs first.',
      };
    }
    const throttler = throttlerBefore(decision, facts);
    if (throttler === undefined) return undefined;
    return {
      reason: `${throttler} runs before the guard that verifies the key, so it cannot count by key.`,
      cure: `Register both as APP_GUARD in the root module, { provide: APP_GUARD, useExisting: UnkeyGuard } first, without globalGuard.`,
    };
  },

  'lost-decorators': ({ access, found }) => {
    if (isOpen(access)) return undefined;
    const parent = overriddenHandler(found);
    if (parent === undefined) return undefined;
    return {
      reason: `It overrides ${parent}, whose decorators of nestjs-unkey it does not have.`,
      cure: 'Repeat the decorators on the overriding method.',
    };
  },

  'unenforced-demands': (decision, around) => {
    const { access, by, found } = decision;
    const isOpenByOption = access === 'skipped' || by === 'option publicMetadata' || by === 'option exclude';
    if (!isOpenByOption || !hasUncheckedDemands(decision, around)) return undefined;
    return {
      reason: `It needs no key because of the ${by}, so its decorators have no effect.`,
      cure: `Remove the decorators, or remove ${found.pattern} from the ${by}.`,
    };
  },

  'inherited-public': (decision, { facts }) => {
    if (decision.access !== 'public') return undefined;
    const parent = isPublicByInheritance(decision, facts.optionsOf(decision.policy).publicMetadata);
    if (!parent) return undefined;
    return {
      reason: 'It is public only because its class extends a public one.',
      cure: `Put @Public() on ${decision.found.controller.name} if it should be public, otherwise @Public(false).`,
    };
  },
};

const PROBLEMS = Object.keys(RULES) as (keyof typeof RULES)[];

/** Returns what is wrong with a handler; `undefined` if it has no problem. */
export function findProblem(decision: Decision, around: Around): Finding | undefined {
  for (const problem of PROBLEMS) {
    const found = RULES[problem](decision, around);
    if (found !== undefined) return { problem, ...found };
  }
  return undefined;
}

const FIELD_ENHANCERS = "Set fieldResolverEnhancers: ['guards'] in GraphQLModule.forRoot().";

function useGuards({ name }: { name: string }, end = '.'): string {
  return `Put @UseGuards(UnkeyGuard) on ${name}${end}`;
}

function isOpen(access: Decision['access']): boolean {
  return access === 'public' || access === 'skipped';
}

/** Requirements of a class do not apply to its open handlers. That is a problem only if they apply to no handler. */
function hasUncheckedDemands(decision: Decision, { classIsChecked }: Around): boolean {
  const { controller, name, method } = decision.found;
  if (hasDemands(method) || injectsKey(controller, name)) return true;
  return hasDemands(controller) && !classIsChecked(decision);
}

function isFieldOfUncheckedClass(decision: Decision, { classIsChecked }: Around): boolean {
  const { by, found } = decision;
  return by === 'root field' && needsGuard(found.controller) && !classIsChecked(decision);
}
