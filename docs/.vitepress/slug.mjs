/**
 * Returns the anchor of a heading as GitHub makes it, so that one link works on GitHub, in an editor and on the site:
 * "Set `request.user`" is `set-requestuser`.
 */
export function slugOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}
