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

/**
 * Counts limits of namespaces, all of them or none.
 *
 * @throws {ApiError} 403; 500 for an override with the limit 0, as the server does
 */
export function takeLimits(
  requests: readonly V2RatelimitLimitRequestBody[],
  { workspace, rootKey, now }: OperationContext,
): TakenLimit[] {
  const { namespaces, counters } = workspace;
  const known = requests.map(({ namespace }) => namespaces.find(namespace));
  // A namespace that is yet to be made has no id that a grant could name.
  if (known.includes(undefined)) demand(rootKey, 'ratelimit.*.create_namespace');
  demandLimit(known);
  const planned = requests.map((request, index) => {
    const namespace =
      known[index] ?? namespaces.find(request.namespace) ?? namespaces.create(request.namespace);
    const override = namespaces.overrideFor(namespace, request.identifier);
    const { limit, duration } = override ?? request;
    if (limit === 0) throw new ApiError('unexpectedError', 'The limit of an override is zero.');
    const counter = counters.for(namespace.id, request.identifier, duration, now);
    return { override, limit, check: { counter, limit, duration, cost: request.cost ?? 1 } };
  });
  const outcomes = takeAll(
    planned.map(({ check }) => check),
    now,
  );
  return planned.flatMap(({ override, limit }, index) => {
    const outcome = outcomes[index];
    return outcome ? [{ ...outcome, limit, override }] : [];
  });

  function demandLimit(all: readonly (Namespace | undefined)[]): void {
    if (permits(rootKey, 'ratelimit.*.limit')) return;
    const own = all.map((namespace) => `ratelimit.${namespace?.id ?? '*'}.limit`);
    demand(rootKey, { anyOf: ['ratelimit.*.limit', { allOf: own }] });
  }
}
