import type { AuditAccess, AuditDecider } from '../contracts/audit-entry.js';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import { injectsKey, needsGuard } from '../decorators/declared-policy.js';
import { unkeyGuardsOn } from '../decorators/guards-metadata.js';
import { POLICY, readPolicy } from '../decorators/policy-metadata.js';
import type { AuditFacts } from './audit-facts.js';
import type { GlobalGuard } from './global-guards.js';
import type { FoundHandler } from './handlers/found-handler.js';

/** Why Nest runs none of our guards for a handler that one of them seems to guard. */
export type Gap = 'gateway' | 'request-scoped' | 'hybrid-rpc' | 'field-resolver' | 'reference-resolver';

/** Where the nearest guard of ours is declared. */
export type GuardPlace = 'handler guard' | 'class guard' | 'global guard';

/** Whether one handler requires a key, and what decides it. */
export interface Decision {
  readonly found: FoundHandler;
  readonly policy: HandlerPolicy;
  /** The nearest guard, even if Nest does not run it. */
  readonly guard: GuardPlace | undefined;
  readonly gap: Gap | undefined;
  readonly access: AuditAccess;
  readonly by: AuditDecider | undefined;
}

/**
 * Decides about all handlers. GraphQL fields for which Nest runs no guard are as protected as the app's root fields:
 * every operation begins with one.
 */
export function decideAll(handlers: readonly FoundHandler[], facts: AuditFacts): Decision[] {
  const decisions = handlers.map((found) => decide(found, facts));
  const access = rootAccess(decisions);
  if (access === undefined) return decisions;
  return decisions.map((decision) => {
    const { found } = decision;
    const isBelow = found.resolves === 'field' && isUnseen(found, facts) && decision.access === 'unguarded';
    return isBelow ? { ...decision, access, by: 'root field' } : decision;
  });
}

/** What all root fields have in common; `undefined` if there are none, or one of them is unguarded. */
function rootAccess(decisions: readonly Decision[]): AuditAccess | undefined {
  const roots = new Set(
    decisions.filter(({ found }) => found.resolves === 'root').map(({ access }) => access),
  );
  if (roots.has('unguarded')) return undefined;
  return (['protected', 'optional', 'public'] as const).find((access) => roots.has(access));
}

function decide(found: FoundHandler, facts: AuditFacts): Decision {
  const policy = facts.policies.read(found.controller, found.method);
  const guard = guardOver(found, facts);
  const open = openBy(found, policy, facts);
  if (open !== undefined) return { found, policy, guard, gap: undefined, ...open };
  const gap = gapOf(found, guard, facts);
  const isReached = guard !== undefined && gap === undefined && !isUnseen(found, facts);
  if (!isReached) return { found, policy, guard, gap, access: 'unguarded', by: undefined };
  return policy.access === 'optional'
    ? { found, policy, guard, gap, access: 'optional', by: declaredOn(POLICY.optional, found) }
    : { found, policy, guard, gap, access: 'protected', by: guard };
}

/** What opens a handler, in the order in which the guard checks it. */
function openBy(
  found: FoundHandler,
  policy: HandlerPolicy,
  facts: AuditFacts,
): Pick<Decision, 'access' | 'by'> | undefined {
  const options = facts.optionsOf(policy);
  if (options.skipTransports.includes(found.transport)) {
    return { access: 'skipped', by: 'option skipTransports' };
  }
  if (policy.access === 'public') return { access: 'public', by: declaredOn(POLICY.public, found) };
  if (policy.access !== undefined) return undefined;
  if (policy.openedBy !== undefined) return { access: 'public', by: `option ${policy.openedBy}` };
  const { path } = found;
  const isExcluded = path !== undefined && options.exclude.some(({ matches }) => matches(path));
  return isExcluded ? { access: 'public', by: 'option exclude' } : undefined;
}

function declaredOn(name: typeof POLICY.public | typeof POLICY.optional, { method }: FoundHandler) {
  return readPolicy(name, method).length > 0 ? 'handler' : 'class';
}

function guardOver({ controller, method }: FoundHandler, facts: AuditFacts): GuardPlace | undefined {
  if (unkeyGuardsOn(method).length > 0) return 'handler guard';
  if (facts.hasClassGuard(controller)) return 'class guard';
  return facts.globals.some(({ isOurs }) => isOurs) ? 'global guard' : undefined;
}

/** Why Nest would not run this guard for a handler; `undefined` if it runs. */
export function gapOf(
  found: FoundHandler,
  guard: GuardPlace | undefined,
  facts: AuditFacts,
): Gap | undefined {
  if (found.transport === 'graphql') return resolverGap(found, guard, facts);
  if (guard !== 'global guard') return undefined;
  const { app, globals } = facts;
  if (found.transport === 'rpc') {
    return app.hasHttpAdapter && !facts.inheritsAppConfig ? 'hybrid-rpc' : undefined;
  }
  if (found.transport !== 'ws') return undefined;
  if (!app.isNest12) return 'gateway';
  return globals.some((global) => global.isOurs && runsForGateway(global, found))
    ? undefined
    : 'request-scoped';
}

/**
 * In a gateway that is not request-scoped, Nest does not run request-scoped guards. In one that is, it does not run
 * those that a factory provides, and it calls the others without constructing them, so they reject every message.
 */
function runsForGateway({ isRequestScoped, isFactory }: GlobalGuard, { isStatic }: FoundHandler): boolean {
  return !isRequestScoped || (!isStatic && !isFactory);
}

function resolverGap(found: FoundHandler, guard: GuardPlace | undefined, facts: AuditFacts): Gap | undefined {
  if (!isUnseen(found, facts)) return undefined;
  if (found.resolves === 'reference') return guard === undefined ? undefined : 'reference-resolver';
  const { controller, name, method } = found;
  const wantsGuard = needsGuard(method) || injectsKey(controller, name) || unkeyGuardsOn(method).length > 0;
  return wantsGuard ? 'field-resolver' : undefined;
}

/** Whether Nest resolves this without running any guard. */
function isUnseen({ resolves, name, module }: FoundHandler, facts: AuditFacts): boolean {
  if (resolves !== 'field' && resolves !== 'reference') return false;
  // Nest runs no guard if a client requests only the name of a type.
  return name === '__resolveType' || facts.guardsFieldsOf(module) === false;
}
