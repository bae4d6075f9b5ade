/** What Unkey accepts as a key, in code points. */
const MAX_LENGTH = 512;

/** Control characters, and every kind of blank. */
const IMPOSSIBLE = /[\p{Cc}\p{Cf}\p{Z}]/u;

/** Whether a text can be a key at all; if not, Unkey need not be asked. */
export function isPossibleKey(text: string): boolean {
  if (text === '' || IMPOSSIBLE.test(text)) return false;
  return (
    text.length <= MAX_LENGTH || (text.length <= 2 * MAX_LENGTH && Array.from(text).length <= MAX_LENGTH)
  );
}
