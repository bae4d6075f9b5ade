/** A static property of `UnkeyGuard`, by which two copies of this package recognize each other's guards. */
export const GUARD_BRAND = Symbol.for('nestjs-unkey:guard');

/** The same for `UnkeyRatelimitGuard`. */
export const RATELIMIT_GUARD_BRAND = Symbol.for('nestjs-unkey:ratelimit-guard');

/** The method that tells a guard at startup that it guards the whole app, and for which classes Nest runs guards. */
export const GUARDS_WHOLE_APP = Symbol.for('nestjs-unkey:guards-whole-app');
