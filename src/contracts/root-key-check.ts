/** The result of `UnkeyService.checkRootKey()`. */
export interface RootKeyCheck {
  /** Whether the root key can verify keys; `'unknown'` if Unkey's response does not show it. */
  ok: boolean | 'unknown';
  /** Why `ok` is not `true`, in one sentence. Holds no key. */
  reason?: string;
}
