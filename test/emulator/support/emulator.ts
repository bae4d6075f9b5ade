import { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Client, clientOf } from './client.js';

/** Wednesday, 15 May 2030, 12:00 UTC. */
export const NOON = Date.UTC(2030, 4, 15, 12);

/** One emulator for a test file. Before each test it is reset, with its clock frozen at noon. */
export function useFreshEmulator(): { readonly unkey: UnkeyEmulator; readonly client: Client } {
  let unkey: UnkeyEmulator;
  beforeAll(async () => {
    unkey = await UnkeyEmulator.start({ now: NOON });
  });
  beforeEach(() => unkey.reset());
  afterAll(() => unkey.close());
  return {
    get unkey() {
      return unkey;
    },
    get client() {
      return clientOf(unkey);
    },
  };
}
