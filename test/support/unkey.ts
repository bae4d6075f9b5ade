import { afterAll, beforeAll, beforeEach } from 'vitest';
import { UnkeyEmulator } from 'nestjs-unkey/testing';

/** An Unkey for all tests of a file, empty before each. */
export function useUnkey(): {
  readonly unkey: UnkeyEmulator;
  readonly options: { rootKey: string; baseUrl: string };
} {
  let unkey: UnkeyEmulator;
  beforeAll(async () => {
    unkey = await UnkeyEmulator.start();
  });
  beforeEach(() => unkey.reset());
  afterAll(() => unkey.close());
  return {
    get unkey() {
      return unkey;
    },
    get options() {
      return { rootKey: unkey.rootKey, baseUrl: unkey.url };
    },
  };
}
