/** The maximum length of a key that Unkey accepts, in code points. */
const MAX_LENGTH = 512;

/** Control characters, invisible format characters and whitespace of any kind. */
const IMPOSSIBLE = /[\p{Cc}\p{Cf}\p{Z}]/u;

/** Whether a text can be a key. If not, it is rejected without a call to Unkey. */
export function isPossibleKey(text: string): boolean {
  if (text === '' || IMPOSSIBLE.test(text)) return false;
  return (
    text.length <= MAX_LENGTH || (text.length <= 2 * MAX_LENGTH && Array.from(text).length <= MAX_LENGTH)
  );
}
