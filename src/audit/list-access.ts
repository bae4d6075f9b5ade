import type { AuditDemands, AuditEntry } from '../contracts/audit-entry.js';
import { unkeyGuardsOn } from '../decorators/guards-metadata.js';
import { toPermissionQuery } from '../options/permission-query.js';
import { auditFacts } from './audit-facts.js';
import { servesNothing, type AuditedApp } from './audited-app.js';
import { decideAll, type Decision } from './decide.js';
import { findHandlers } from './handlers/find-handlers.js';
import { findProblem, type Around, type Finding } from './problems.js';

/** What a microservice without an HTTP adapter does not serve. */
const NEEDS_HTTP: ReadonlySet<string> = new Set(['http', 'graphql']);

/** A handler, and what is wrong with it. */
interface Judged {
  readonly decision: Decision;
  readonly finding: Finding | undefined;
}

/** Lists every handler of an app with its access and its problem; a pure function of the app's containers. */
export function listAccess(app: AuditedApp): AuditEntry[] {
  const { judged, whole } = judge(app);
  return [...whole, ...judged.map(entryOf)];
}

/** What the entries of {@link listAccess} are made from: the same handlers, with their classes and policies. */
export function listDecisions(app: AuditedApp): Decision[] {
  return judge(app).judged.map(({ decision }) => decision);
}

/** Lists only the handlers with a problem: nothing else is needed at startup, and most apps have none. */
export function listProblems(app: AuditedApp): AuditEntry[] {
  const { judged, whole } = judge(app);
  return [...whole, ...judged.filter(({ finding }) => finding !== undefined).map(entryOf)];
}

/** Judges all handlers; `whole` is what is wrong with the app as a whole. */
function judge(app: AuditedApp): { readonly judged: Judged[]; readonly whole: readonly AuditEntry[] } {
  const facts = auditFacts(app);
  const decisions = decideAll(findHandlers(app), facts);
  const isIdle = servesNothing(app);
  const servesHttp = app.hasHttpAdapter || app.isPreview;
  const checked = new Set(decisions.filter(isChecked).map(({ found }) => found.controller));
  const around: Around = { facts, classIsChecked: ({ found }) => checked.has(found.controller) };
  const isUnguarded =
    !isIdle &&
    !app.usesMiddleware &&
    app.options.permissions.length > 0 &&
    !facts.globals.some(({ isOurs }) => isOurs) &&
    !decisions.some(({ found }) =>
      [found.method, found.controller].some((on) => unkeyGuardsOn(on).length > 0),
    );
  const judged = decisions.map((decision) => {
    const isServed = !isIdle && (servesHttp || !NEEDS_HTTP.has(decision.found.transport));
    return { decision, finding: isServed ? findProblem(decision, around) : undefined };
  });
  return { judged, whole: isUnguarded ? [NO_GUARD_IN_APP] : [] };
}

const NO_GUARD_IN_APP: AuditEntry = Object.freeze({
  handler: '*',
  module: 'UnkeyModule',
  transport: 'http',
  pattern: '*',
  access: 'unguarded',
  problem: 'no-guard-in-app',
  reason:
    'The option "permissions" requires permissions for every protected handler, but the app has no guard.',
  cure: 'Set globalGuard: true, or put @UseGuards(UnkeyGuard) on the classes to protect.',
});

/** Whether a guard of ours checks what the handler and its class require. */
function isChecked({ access, by }: Decision): boolean {
  return (access === 'protected' || access === 'optional') && by !== 'root field';
}

function entryOf({ decision, finding }: Judged): AuditEntry {
  const { found, policy, access, by } = decision;
  const carries = isChecked(decision) || (finding !== undefined && finding.problem !== 'inherited-public');
  const demands = carries ? demandsOf(decision) : undefined;
  const entry: AuditEntry = {
    handler: `${found.controller.name}.${found.name}`,
    module: found.module.name,
    transport: found.transport,
    pattern: found.pattern,
    access,
    ...(by === undefined ? {} : { by }),
    ...(demands === undefined ? {} : { demands }),
    ...finding,
  };
  // Not enumerable, so that entries of handlers with and without `@UseUnkey()` have the same form.
  return policy.instance === undefined
    ? entry
    : Object.defineProperty(entry, 'instance', { value: policy.instance });
}

function demandsOf({ policy: { permissions, credits, ratelimits } }: Decision): AuditDemands | undefined {
  const demands: AuditDemands = {};
  if (permissions.length > 0) demands.permissions = toPermissionQuery(permissions);
  if (credits !== undefined) demands.credits = typeof credits === 'function' ? 'computed' : credits;
  if (ratelimits.length > 0) demands.ratelimits = ratelimits.map(({ name }) => name);
  return Object.keys(demands).length === 0 ? undefined : demands;
}
