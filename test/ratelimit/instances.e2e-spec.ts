import { Controller, Get } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Ratelimit, UnkeyModule, UnkeyRatelimitGuard, UseUnkey } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const customers = useUnkey();
const partners = useUnkey();

@Ratelimit({ namespace: 'partners', limit: 1, duration: 60_000 })
@UseUnkey('partners')
@Controller()
class PartnersController {
  @Get('partners')
  read() {
    return 'ok';
  }
}

describe.each(ADAPTERS)('@Ratelimit() under @UseUnkey() on %s', (adapter) => {
  it.each([
    ['', []],
    [' with a global limiter', [{ provide: APP_GUARD, useExisting: UnkeyRatelimitGuard }]],
  ])('the named instance counts by the key that it verified%s', async (_, providers) => {
    partners.unkey.clock.set(1_700_000_040_000);
    const { get } = await startApp(adapter, {
      imports: [
        UnkeyModule.forRoot({ ...customers.options, globalGuard: true }),
        UnkeyModule.forRoot({ ...partners.options, name: 'partners' }),
      ],
      controllers: [PartnersController],
      providers,
    });
    const { key, keyId } = await partners.unkey.createKey({});
    const statuses = [];
    for (let n = 0; n < 2; n++) statuses.push((await get('/partners', { 'x-api-key': key })).status);
    expect(statuses).toEqual([200, 429]);
    expect(customers.unkey.calls).toEqual([]);
    const counted = partners.unkey.calls.filter(({ operation }) => operation === 'ratelimit.multiLimit');
    expect(counted.map(({ body }) => body)).toMatchObject([
      [{ identifier: `key:${keyId}` }],
      [{ identifier: `key:${keyId}` }],
    ]);
  });
});
