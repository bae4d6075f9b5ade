const WILDCARD = /^(\*\w*|\{\*\w*\})$/;

/**
 * Returns a function that checks whether an `exclude` entry matches a route pattern (never a raw URL). Without a
 * wildcard, the pattern must be equal. `*`, `*name` and `{*name}` as a whole segment match every route that continues
 * there.
 */
export function routeMatcher(entry: string): (pattern: string) => boolean {
  const source = segments(entry)
    .map((segment) => (WILDCARD.test(segment) ? '.+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  const matches = new RegExp(`^${source}$`);
  return (pattern) => matches.test(segments(pattern).join('/'));
}

/** Returns what is wrong with an `exclude` entry, or `undefined`. */
export function routePatternFault(entry: string): string | undefined {
  if (/\s/.test(entry)) return 'contains whitespace; write only the path, without a method';
  const partial = segments(entry).find((segment) => segment.includes('*') && !WILDCARD.test(segment));
  return partial === undefined
    ? undefined
    : `has a wildcard inside the segment "${partial}"; it must be a segment of its own`;
}

function segments(path: string): string[] {
  // Express 5 writes an optional wildcard as `/files{/*path}`.
  return path
    .replace(/\{\/(\*\w*)\}/g, '/{$1}')
    .split('/')
    .filter((segment) => segment !== '');
}
