import { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replay } from './replay.js';
import { scenarios } from './scenario.js';

let unkey: UnkeyEmulator;
let rootKeys: Record<string, string>;

beforeAll(async () => {
  unkey = await UnkeyEmulator.start();
  rootKeys = {
    root: unkey.rootKey,
    verify: unkey.createRootKey({ permissions: ['api.*.verify_key'] }),
    nothing: unkey.createRootKey({ permissions: [] }),
    disabled: unkey.createRootKey({ enabled: false }),
    expired: unkey.createRootKey({ expires: 1_600_000_000_000 }),
  };
});

afterAll(() => unkey.close());

describe("the emulator answers what Unkey's server answered", () => {
  test.for(scenarios())('$name: $why', async (scenario, { task }) => {
    const replayed = await replay(scenario, unkey, rootKeys);
    const recorded = Object.keys(scenario.answers).length;
    const matches = replayed.filter(({ recorded: want, answered }) => isSame(want, answered)).length;
    task.meta.conformance = { scenario: scenario.name, answers: recorded, matches };

    expect(replayed).toHaveLength(recorded);
    const wanted = replayed.map(({ step, recorded: answered }) => ({ step, answered }));
    expect(replayed.map(({ step, answered }) => ({ step, answered }))).toEqual(wanted);
  });
});

function isSame(want: unknown, answered: unknown): boolean {
  try {
    expect(answered).toEqual(want);
    return true;
  } catch {
    return false;
  }
}

declare module 'vitest' {
  interface TaskMeta {
    /** What one scenario came to, for the table of `npm run conformance`. */
    conformance?: { scenario: string; answers: number; matches: number };
  }
}
