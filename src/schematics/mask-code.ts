const COMMENT_OR_STRING =
  /\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\r\n])*'|"(?:\\.|[^"\\\r\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

/**
 * Replaces comments by spaces, and the contents of strings by `_`, so that brackets and words in them are not taken for
 * code. All positions and line ends stay the same.
 */
export function maskCode(source: string): string {
  return source.replace(COMMENT_OR_STRING, (found) => {
    if (found.startsWith('/')) return found.replace(/[^\r\n]/g, ' ');
    const quote = found.charAt(0);
    return quote + found.slice(1, -1).replace(/[^\r\n]/g, '_') + quote;
  });
}
