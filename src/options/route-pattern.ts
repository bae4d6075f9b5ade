const WILDCARD = /^(\*\w*|\{\*\w*\})$/;

/**
 * Turns one `exclude` entry into a test of route patterns (never of raw URLs). Without a wildcard the pattern is
 * meant exactly; `*`, `*name` and `{*name}` as a whole segment cover every route whose pattern continues there.
 */
export function routeMatcher(entry: string): (pattern: string) => boolean {
  const source = segments(entry)
    .map((segment) => (WILDCARD.test(segment) ? '.+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  const matches = new RegExp(`^${source}$`);
  return (pattern) => matches.test(segments(pattern).join('/'));
}

/** What is wrong with an `exclude` entry, or `undefined`. */
export function routePatternFault(entry: string): string | undefined {
  if (/\s/.test(entry)) return 'holds a blank; write the path alone, without a method';
  const partial = segments(entry).find((segment) => segment.includes('*') && !WILDCARD.test(segment));
  return partial === undefined
    ? undefined
    : `has a wildcard inside the segment "${partial}"; it must be a segment of its own`;
}

function segments(path: string): string[] {
  // Express 5 writes an optional rest as `/files{/*path}`.
  return path
    .replace(/\{\/(\*\w*)\}/g, '/{$1}')
    .split('/')
    .filter((segment) => segment !== '');
}
