import type { V2RatelimitLimitRequestBody } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { demand, permits } from '../authentication/demand.js';
import { type LimitOutcome, takeAll } from '../domain/sliding-window.js';
import type { Namespace, Override } from '../store/records.js';
import type { OperationContext } from './operation.js';

/** What one limit came to. */
export interface TakenLimit extends LimitOutcome {
  /** The one that counted: of the request or of an override. */
  readonly limit: number;
  readonly override: Override | undefined;
}

/** Whether what was found for a name is what was asked for. */
type NamespaceTest = (namespace: Namespace | undefined, name: string) => boolean;

/**
 * Counts limits of namespaces, all of them or none.
 *
 * @param isFound whether a namespace needs no right to be made
 * @throws {ApiError} 403; 500 for an override with the limit 0, as the server does
 */
export function takeLimits(
  requests: readonly V2RatelimitLimitRequestBody[],
  { workspace, rootKey, now }: OperationContext,
  isFound: NamespaceTest = (namespace) => namespace !== undefined,
): TakenLimit[] {
  const { namespaces, counters } = workspace;
  const isKnown = requests.every(({ namespace }) => isFound(namespaces.find(namespace), namespace));
  if (!isKnown) demand(rootKey, 'ratelimit.*.create_namespace');
  // Before the right to count is checked: namespaces are made even for a call that is then refused.
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
