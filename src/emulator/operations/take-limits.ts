import type { V2RatelimitLimitRequestBody } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { demand, permits } from '../authentication/demand.js';
import { type LimitOutcome, takeAll } from '../domain/sliding-window.js';
import type { Namespace, Override } from '../store/records.js';
import type { OperationContext } from './operation.js';

/** The result of one limit. */
export interface TakenLimit extends LimitOutcome {
  /** The limit that applied: the request's or an override's. */
  readonly limit: number;
  readonly override: Override | undefined;
}

/** Whether a lookup by name counts as found. */
type NamespaceTest = (namespace: Namespace | undefined, name: string) => boolean;

/**
 * Counts rate limits of namespaces: all of them or none.
 *
 * @param isFound whether a namespace exists, so that the root key need not be allowed to create it
 * @throws {ApiError} 403; 500 for an override with the limit 0, as on the server
 */
export function takeLimits(
  requests: readonly V2RatelimitLimitRequestBody[],
  { workspace, rootKey, now }: OperationContext,
  isFound: NamespaceTest = (namespace) => namespace !== undefined,
): TakenLimit[] {
  const { namespaces, counters } = workspace;
  const isKnown = requests.every(({ namespace }) => isFound(namespaces.find(namespace), namespace));
  if (!isKnown) demand(rootKey, 'ratelimit.*.create_namespace');
  // Namespaces are created before the permission to count is checked, so even a rejected call creates them.
  const obtained = requests.map(
    ({ namespace }) => namespaces.find(namespace) ?? namespaces.create(namespace),
  );
  demandLimit(obtained);
  const planned = requests.flatMap((request, index) => {
    const namespace = obtained[index];
    if (!namespace) return [];
    const override = namespaces.overrideFor(namespace, request.identifier);
    const { limit, duration } = override ?? request;
    if (limit === 0) throw new ApiError('unexpectedError', 'The limit of an override is zero.');
    const counter = counters.for(namespace.id, request.identifier, duration, now);
    return [{ override, limit, check: { counter, limit, duration, cost: request.cost ?? 1 } }];
  });
  const outcomes = takeAll(
    planned.map(({ check }) => check),
    now,
  );
  return planned.flatMap(({ override, limit }, index) => {
    const outcome = outcomes[index];
    return outcome ? [{ ...outcome, limit, override }] : [];
  });

  function demandLimit(all: readonly Namespace[]): void {
    if (permits(rootKey, 'ratelimit.*.limit')) return;
    const own = all.map(({ id }) => `ratelimit.${id}.limit`);
    demand(rootKey, { anyOf: ['ratelimit.*.limit', { allOf: own }] });
  }
}
