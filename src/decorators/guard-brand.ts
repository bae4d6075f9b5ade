/** A static property of `UnkeyGuard`, by which two copies of this package recognize each other's guards. */
export const GUARD_BRAND = Symbol.for('nestjs-unkey:guard');

/** The same for `UnkeyRatelimitGuard`. */
export const RATELIMIT_GUARD_BRAND = Symbol.for('nestjs-unkey:ratelimit-guard');

/**
 * The method that is called at startup if a guard guards the whole app, with the classes for which Nest runs guards.
 */
export const GUARDS_WHOLE_APP = Symbol.for('nestjs-unkey:guards-whole-app');
