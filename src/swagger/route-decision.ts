import type { Decision } from '../audit/decide.js';

/**
 * Returns the decision for one path of a handler. They differ only if the option `exclude` opens some of its routes. A path
 * that matches none of them is not open.
 *
 * @param path as Swagger writes it: `/users/{id}`
 */
export function decisionAt(decisions: readonly Decision[], path: string): Decision {
  const [first, ...rest] = decisions;
  if (first === undefined) throw new TypeError('a handler without a route');
  if (rest.every(({ access }) => access === first.access)) return first;
  const wanted = withoutNames(path.replace(/\{[^{}]*\}/g, ':x'));
  // A path without the global prefix is the end of one with it.
  const here = decisions.filter(({ found }) => withoutNames(found.path ?? '').endsWith(wanted));
  const candidates = here.length === 0 ? decisions : here;
  return candidates.find(({ access }) => access !== 'public') ?? candidates[0] ?? first;
}

/** Nest writes `/users/:id`, `/files/*path` and `/users{/:id}`. */
function withoutNames(path: string): string {
  return path
    .replace(/[{}]/g, '')
    .replace(/\(.*?\)/g, '')
    .replace(/[:*]\w*/g, '*');
}
