// The contenders by name, and how often each calls Unkey per request.

export const NOOP = 'no-op guard';
export const NOOP_AGAIN = 'no-op guard, a second app';
export const HAND_WRITTEN = 'hand-written cache';
export const CACHED = 'this module, cached';
export const FLOOR = 'bare undici pool (floor)';
export const UNCACHED = 'this module, uncached';
export const LISTENED = 'this module, uncached, listened to';
export const SDK = 'SDK, one client';

/** Contenders that are compared are next to each other, so that they run shortly after one another. */
export const CALLS_PER_REQUEST = {
  [NOOP]: 0,
  [HAND_WRITTEN]: 0,
  [CACHED]: 0,
  [NOOP_AGAIN]: 0,
  [FLOOR]: 1,
  [UNCACHED]: 1,
  [LISTENED]: 1,
  [SDK]: 1,
};
