export { UnkeyEmulator, type CreateRootKeyOptions } from './emulator/unkey-emulator.js';
export type { EmulatorOptions } from './emulator/emulator-options.js';
export type { EmulatorClock } from './emulator/clock.js';
export type { CreatedKey, CreateKeyBody, CreateKeyRatelimit } from './emulator/create-key-directly.js';
export type { Fault, FaultHandle, FaultOptions } from './emulator/faults/fault.js';
export type { RecordedCall } from './emulator/transport/call-log.js';
export type {
  SeedApi,
  SeedFile,
  SeedIdentity,
  SeedKey,
  SeedNamespace,
  SeedPermission,
  SeedRole,
  SeedRootKey,
} from './cli/seed/seed-file.js';
export { useEmulator, type EmulatorAddress } from './use-emulator.js';
export { UnkeyTestingModule } from './unkey-testing.module.js';
export { useVerifier } from './use-verifier.js';
export { fakeVerifier, type FakeAnswer, type FakeVerifier } from './fake-verifier.js';
export { verifiedKey } from './verified-key.js';
export type { OverridableBuilder } from './override-options.js';
