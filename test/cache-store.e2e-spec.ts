import { UnkeyModule, UnkeyService, type VerificationStore } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { bootError, startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';

class MapStore implements VerificationStore {
  readonly entries = new Map<string, string>();
  readonly closed: string[] = [];
  get = (name: string) => this.entries.get(name);
  set = (name: string, value: string) => this.entries.set(name, value);
  delete = (name: string) => this.entries.delete(name);
}

describe('cache.store as a function', () => {
  const server = useUnkey();
  const start = (store: () => VerificationStore | Promise<VerificationStore>) =>
    startApp('express', { imports: [UnkeyModule.forRoot({ ...server.options, cache: { store } })] });

  it.each([
    ['disconnect', ['disconnect']],
    ['close', ['close']],
  ])('is called when the app starts; the module closes the store with %s()', async (name, closed) => {
    const store = Object.assign(new MapStore(), {
      [name]: async () => void store.closed.push(name),
    }) as MapStore;
    const { app } = await start(async () => store);
    const { key } = await server.unkey.createKey({});
    await app.get(UnkeyService).verify(key);
    await expect.poll(() => store.entries.size).toBeGreaterThan(0);
    await app.close();
    expect(store.closed).toEqual(closed);
  });

  it('a store that is passed as an object stays open', async () => {
    const store = Object.assign(new MapStore(), { disconnect: () => void store.closed.push('disconnect') });
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot({ ...server.options, cache: { store } })],
    });
    await app.close();
    expect(store.closed).toEqual([]);
  });

  it('a store that cannot be closed does not keep the app from closing', async () => {
    const store = Object.assign(new MapStore(), { disconnect: () => Promise.reject(new Error('gone')) });
    const { app } = await start(() => store);
    await expect(app.close()).resolves.toBeUndefined();
    const hanging = Object.assign(new MapStore(), { disconnect: () => new Promise(() => undefined) });
    const second = await start(() => hanging);
    await expect(second.app.close()).resolves.toBeUndefined();
  });

  it('that does not return a store fails at startup', async () => {
    const { message } = await bootError({
      imports: [UnkeyModule.forRoot({ ...server.options, cache: { store: () => new Map() } })],
    });
    expect(message).toContain('option "cache.store" must be a store with get, set and delete');
  });

  it('that throws fails at startup with its own error', async () => {
    const { message } = await bootError({
      imports: [
        UnkeyModule.forRoot({
          ...server.options,
          cache: {
            store: () => {
              throw new Error('no Redis URL');
            },
          },
        }),
      ],
    });
    expect(message).toBe('no Redis URL');
  });
});
