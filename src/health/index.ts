// Health checks with @nestjs/terminus.
export { UnkeyHealthIndicator, type UnkeyHealthOptions } from './unkey.health.js';
