import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runWithin } from './run-within.js';

const storage = new AsyncLocalStorage<string>();

/** A verification that counts its calls and returns the context it ran in. */
function verification() {
  const counted = { calls: 0 };
  const verify = async () => {
    counted.calls += 1;
    await Promise.resolve();
    return storage.getStore();
  };
  return { counted, verify };
}

function fail(): never {
  throw new Error('the tracer is broken');
}

describe('a verification runs within what a subscriber sets', () => {
  it('and keeps that context across awaits', async () => {
    const { verify } = verification();
    expect(await runWithin((run) => storage.run('span', run), verify)).toBe('span');
    expect(await runWithin(undefined, verify)).toBeUndefined();
  });

  it.each<[string, (run: () => unknown) => unknown]>([
    ['does not call it', () => 'something else'],
    ['calls it twice', (run) => [run(), run()]],
    ['calls it and returns something else', (run) => void run()],
  ])('exactly once, if the subscriber %s', async (_, within) => {
    const { counted, verify } = verification();
    expect(await runWithin(<T>(run: () => T) => within(run) as T, verify)).toBeUndefined();
    expect(counted.calls).toBe(1);
  });

  it.each<[string, (run: () => unknown) => unknown]>([
    ['throws before it', () => fail()],
    ['throws after it', (run) => [run(), fail()]],
    ['returns a promise that is rejected', async () => fail()],
  ])('exactly once, if the subscriber %s; the process then prints a warning', async (_, within) => {
    const { counted, verify } = verification();
    const warned = once(process, 'warning');
    await runWithin(<T>(run: () => T) => within(run) as T, verify);
    expect(counted.calls).toBe(1);
    expect(await warned).toMatchObject([{ message: 'the tracer is broken' }]);
  });

  it('and rejects if the verification does', async () => {
    const failing = () => {
      throw new Error('no verification');
    };
    await expect(runWithin((run) => run(), failing)).rejects.toThrow('no verification');
  });
});
