/** Marks the factory of `@UnkeyKey()`, so that the audit recognizes it, also in another copy of this package. */
export const UNKEY_KEY_FACTORY = Symbol.for('nestjs-unkey:unkey-key');
