/**
 * Whether `text` matches `pattern`. In the pattern, `*` matches any characters but line feeds; all others match
 * themselves. The server reads a pattern with `*` byte by byte as Latin-1, so that `é*` matches `Ã©x` and not `éx`.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  const parts = Buffer.from(pattern).toString('latin1').split('*');
  const first = parts[0] ?? '';
  const last = parts[parts.length - 1] ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end || text.slice(at, found).includes('\n')) return false;
    at = found + part.length;
  }
  return !text.slice(at, end).includes('\n');
}
