/** Stands on `UnkeyGuard` as a static property, so that two copies of this package know each other's guards. */
export const GUARD_BRAND = Symbol.for('nestjs-unkey:guard');

/** The method by which a built-in guard learns at boot that it guards the whole app. */
export const GUARDS_WHOLE_APP = Symbol.for('nestjs-unkey:guards-whole-app');
