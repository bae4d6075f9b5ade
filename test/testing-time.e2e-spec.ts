import { Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { UnkeyModule, UnkeyService, type UnkeyModuleOptions } from 'nestjs-unkey';
import { UnkeyTestingModule, useEmulator, type EmulatorAddress } from 'nestjs-unkey/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useUnkey } from './support/unkey.js';

const SECOND = 1000;
const CACHE: UnkeyModuleOptions = { cache: { ttl: 10 * SECOND, negativeTtl: 0 } };

type Start = (unkey: EmulatorAddress) => Promise<TestingModule>;

const starts: [string, Start][] = [
  [
    'useEmulator',
    (unkey) => {
      @Module({ imports: [UnkeyModule.forRoot({ rootKey: 'of production', ...CACHE })] })
      class AppModule {}
      return useEmulator(Test.createTestingModule({ imports: [AppModule] }), unkey).compile();
    },
  ],
  [
    'UnkeyTestingModule.forEmulator',
    (unkey) =>
      Test.createTestingModule({ imports: [UnkeyTestingModule.forEmulator(unkey, CACHE)] }).compile(),
  ],
];

describe.each(starts)('time and reset of the emulator, for an app under %s', (_, start) => {
  const server = useUnkey();
  const boot = async (unkey: EmulatorAddress = server.unkey) => {
    const module = await start(unkey);
    onTestFinished(() => module.close());
    return { module, service: module.get(UnkeyService, { strict: false }) };
  };

  it('a cached verification ends when the emulator’s clock says so', async () => {
    const { service } = await boot();
    const { key } = await server.unkey.createKey({});
    server.unkey.clock.advance(0);
    await service.verify(key);
    server.unkey.clock.advance(10 * SECOND - 1);
    expect((await service.verify(key)).source).toBe('cache');
    server.unkey.clock.advance(1);
    expect((await service.verify(key)).source).not.toBe('cache');
  });

  it('a cached key that expires in the emulator’s time is not used after it', async () => {
    const { service } = await boot();
    server.unkey.clock.set(Date.UTC(2040, 0, 1));
    const { key } = await server.unkey.createKey({ expires: server.unkey.clock.now() + 5 * SECOND });
    await service.verify(key);
    expect((await service.verify(key)).source).toBe('cache');
    server.unkey.clock.advance(5 * SECOND + 1);
    expect(await service.verify(key)).toMatchObject({ valid: false, code: 'EXPIRED' });
  });

  it('reset() empties what the app has cached, at once', async () => {
    const { service } = await boot();
    const { key } = await server.unkey.createKey({});
    await service.verify(key);
    server.unkey.reset();
    expect(await service.verify(key)).toMatchObject({ valid: false, code: 'NOT_FOUND' });
  });

  it('a verification that began before reset() is not cached after it', async () => {
    const { service } = await boot();
    const { key } = await server.unkey.createKey({});
    server.unkey.fail({ hang: true }, { times: 1 });
    const before = service.verify(key).catch(() => undefined);
    await expect.poll(() => server.unkey.calls.length).toBe(1);
    server.unkey.reset();
    expect(await service.verify(key)).toMatchObject({ code: 'NOT_FOUND' });
    await before;
    expect(await service.verify(key)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('a closed app gets no more resets', async () => {
    let listeners = 0;
    const unkey: EmulatorAddress = {
      url: server.unkey.url,
      rootKey: server.unkey.rootKey,
      onReset: () => {
        listeners += 1;
        return { off: () => void (listeners -= 1) };
      },
    };
    const module = await start(unkey);
    await module.init();
    expect(listeners).toBe(1);
    await module.close();
    expect(listeners).toBe(0);
  });

  it('with an address alone, the app goes by real time', async () => {
    const { service } = await boot({ url: server.unkey.url, rootKey: server.unkey.rootKey });
    const { key } = await server.unkey.createKey({});
    await service.verify(key);
    server.unkey.clock.advance(60 * SECOND);
    expect((await service.verify(key)).source).toBe('cache');
  });
});
