import { afterAll, beforeAll, beforeEach } from 'vitest';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { AMPLE } from './deadline.js';

/** An Unkey for all tests of a file, empty before each. */
export function useUnkey(): {
  readonly unkey: UnkeyEmulator;
  /** What an app needs to use it, with a `timeout` that no verification reaches. */
  readonly options: { rootKey: string; baseUrl: string; timeout: number };
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
      return { rootKey: unkey.rootKey, baseUrl: unkey.url, timeout: AMPLE };
    },
  };
}
