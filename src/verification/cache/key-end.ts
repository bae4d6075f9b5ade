/** Verdicts about the key itself, whatever was asked with it: after one of these no earlier yes to the key counts. */
const ENDS: ReadonlySet<string> = new Set(['NOT_FOUND', 'DISABLED', 'EXPIRED']);

export function isKeyEnd({ code }: { readonly code: string }): boolean {
  return ENDS.has(code);
}
