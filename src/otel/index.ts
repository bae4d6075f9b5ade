// nestjs-unkey/otel
export { UnkeyInstrumentation, type UnkeyInstrumentationConfig } from './unkey-instrumentation.js';
