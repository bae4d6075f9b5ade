import { Controller, Get, type ExecutionContext } from '@nestjs/common';
import { UnkeyKey, UnkeyModule } from 'nestjs-unkey';
import { principalHeader, verifiedKey } from 'nestjs-unkey/testing';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

let ran = 0;

@Controller()
class AppController {
  @Get()
  read(@UnkeyKey('keyId') keyId: string) {
    ran += 1;
    return { keyId };
  }
}

/** A small generator with a seed, so that a failure can be repeated. */
function randoms(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const NAMES = [
  'X-Unkey-Principal',
  'x-unkey-principal',
  'X_Unkey_Principal',
  'X-Unkey-Principal-V1',
  'Unkey-Principal',
  'Cookie',
  'Authorization',
  'X-Unkey-Request-Id',
  'X-Forwarded-For',
  'Forwarded',
];

describe.each(ADAPTERS)('forged principals, on %s', (adapter) => {
  const server = useUnkey();

  it.each(['deny', 'verify'] as const)(
    'never reach a handler from a request that is not trusted, in whatever headers they stand (%s)',
    async (otherwise) => {
      // Only a caller that knows the secret is the gateway.
      const trust = (context: ExecutionContext) =>
        context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>().headers['x-secret'] ===
        'mine';
      const { get } = await startApp(adapter, {
        imports: [
          UnkeyModule.forRoot({ ...server.options, globalGuard: true, gateway: { trust, otherwise } }),
        ],
        controllers: [AppController],
      });
      const random = randoms(20_261_125);
      const good = principalHeader(verifiedKey())['x-unkey-principal'];
      ran = 0;
      const statuses = new Set<number>();
      for (let round = 0; round < 300; round++) {
        const headers: Record<string, string> = {};
        for (let count = 0; count <= random(4); count++) {
          const cut = random(3) === 0 ? good.slice(random(good.length)) : good;
          headers[NAMES[random(NAMES.length)] ?? ''] = random(4) === 0 ? encodeURIComponent(cut) : cut;
        }
        if (random(3) === 0)
          headers['x-secret'] = ['', 'Mine', 'mine,', 'mine mine', 'true'][random(5)] ?? '';
        statuses.add((await get(`/?x-unkey-principal=${encodeURIComponent(good)}`, headers)).status);
      }
      expect([...statuses]).toEqual([401]);
      expect(ran).toBe(0);
      const trusted = { ...principalHeader(verifiedKey()), 'x-secret': 'mine' };
      expect((await get('/', trusted)).body).toEqual({ keyId: 'key_test' });
    },
  );
});
