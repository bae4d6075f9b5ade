export {
  UnkeyEmulator,
  type CreatedKey,
  type CreateKeyBody,
  type CreateKeyCredits,
  type CreateKeyRatelimit,
  type CreateKeyRefill,
  type CreateRootKeyOptions,
  type EmulatorClock,
  type EmulatorOptions,
  type Fault,
  type FaultHandle,
  type FaultOptions,
  type RecordedCall,
  type SeedApi,
  type SeedFile,
  type SeedIdentity,
  type SeedKey,
  type SeedNamespace,
  type SeedPermission,
  type SeedRole,
  type SeedRootKey,
} from '../emulator/index.js';
export { useEmulator, type EmulatorAddress } from './use-emulator.js';
export { UnkeyTestingModule } from './unkey-testing.module.js';
export { useVerifier } from './use-verifier.js';
export { fakeVerifier, type FakeAnswer, type FakeVerifier } from './fake-verifier.js';
export { verifiedKey } from './verified-key.js';
export { principalHeader } from './principal-header.js';
export type { OverridableBuilder } from './override-options.js';
