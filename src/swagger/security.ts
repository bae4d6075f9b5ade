import { isDeepStrictEqual } from 'node:util';
import type { SecurityRequirement } from './open-api.js';

/** Requires one of `others` and one of `ours`: each combination is an alternative. */
export function requireBoth(
  others: readonly SecurityRequirement[],
  ours: readonly SecurityRequirement[],
): SecurityRequirement[] {
  if (others.length === 0) return distinct(ours);
  return distinct(others.flatMap((other) => ours.map((our) => ({ ...other, ...our }))));
}

/** Removes schemes from all alternatives, and alternatives that consisted of these schemes alone. */
export function withoutSchemes(
  requirements: readonly SecurityRequirement[],
  names: ReadonlySet<string>,
): SecurityRequirement[] {
  const rest = requirements
    .map((requirement) => ({
      requirement,
      left: Object.fromEntries(Object.entries(requirement).filter(([name]) => !names.has(name))),
    }))
    // An alternative that was empty from the start requires nothing.
    .filter(({ requirement, left }) => isEmpty(requirement) || !isEmpty(left));
  return distinct(rest.map(({ left }) => left));
}

function distinct(requirements: readonly SecurityRequirement[]): SecurityRequirement[] {
  return requirements.filter(
    (requirement, index) =>
      requirements.findIndex((other) => isDeepStrictEqual(other, requirement)) === index,
  );
}

function isEmpty(requirement: SecurityRequirement): boolean {
  return Object.keys(requirement).length === 0;
}
