// Only the emulator: a local Unkey server that imports neither Nest nor a test framework.
export { UnkeyEmulator, type CreateRootKeyOptions } from './unkey-emulator.js';
export type { EmulatorOptions } from './emulator-options.js';
export type { EmulatorClock } from './clock.js';
export type {
  CreatedKey,
  CreateKeyBody,
  CreateKeyCredits,
  CreateKeyRatelimit,
  CreateKeyRefill,
} from './create-key-directly.js';
export type { Fault, FaultHandle, FaultOptions } from './faults/fault.js';
export type { RecordedCall } from './transport/call-log.js';
export type {
  SeedApi,
  SeedFile,
  SeedIdentity,
  SeedKey,
  SeedNamespace,
  SeedPermission,
  SeedRole,
  SeedRootKey,
} from './seed/seed-file.js';
