/** Denials of the key itself: they invalidate all cached results of the key, whatever a request requires. */
const KEY_DENIALS: ReadonlySet<string> = new Set(['NOT_FOUND', 'DISABLED', 'EXPIRED']);

/** Whether a verification denies the key itself, and not only what the request requires. */
export function deniesKey({ code }: { readonly code: string }): boolean {
  return KEY_DENIALS.has(code);
}
