/** The maximum length of a key that Unkey accepts, in code points. */
const MAX_LENGTH = 512;

/** What nearly all keys consist of. It is much faster to test than {@link IMPOSSIBLE}. */
const PRINTABLE_ASCII = /^[!-~]+$/;

/** Control characters, invisible format characters and whitespace of any kind. */
const IMPOSSIBLE = /[\p{Cc}\p{Cf}\p{Z}]/u;

/** Whether a text can be a key. If not, it is rejected without a call to Unkey. */
export function isPossibleKey(text: string): boolean {
  if (PRINTABLE_ASCII.test(text)) return text.length <= MAX_LENGTH;
  if (text === '' || IMPOSSIBLE.test(text)) return false;
  return (
    text.length <= MAX_LENGTH || (text.length <= 2 * MAX_LENGTH && Array.from(text).length <= MAX_LENGTH)
  );
}
