/** Marks the factory of `@UnkeyKey()`, so that the audit knows it, in another copy of this package too. */
export const UNKEY_KEY_FACTORY = Symbol.for('nestjs-unkey:unkey-key');
