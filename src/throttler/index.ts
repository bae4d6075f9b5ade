/** Counts the hits of `@nestjs/throttler` at Unkey. */
export { UnkeyThrottlerStorage, type UnkeyThrottlerStorageOptions } from './unkey-throttler-storage.js';
export { trackByIdentity, trackByKey } from './trackers.js';
