import { Unkey } from '@unkey/api';
import { UnkeyEmulator, type CreateKeyBody } from 'nestjs-unkey/testing';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** Keys to try the app with, one for each case. */
export type DemoKeys = Record<
  'customer' | 'reader' | 'manager' | 'fewCredits' | 'rateLimited' | 'expired' | 'disabled' | 'admin',
  string
>;

export interface DemoUnkey {
  emulator: UnkeyEmulator;
  apiId: string;
  keys: DemoKeys;
}

/** Starts a local Unkey server in this process, with an API, an identity and some keys. */
export async function startDemoUnkey(): Promise<DemoUnkey> {
  const emulator = await UnkeyEmulator.start();
  const client = new Unkey({ rootKey: emulator.rootKey, serverURL: emulator.url });
  const { data: api } = await client.apis.createApi({ name: 'documents' });
  await client.identities.createIdentity({ externalId: 'acme', meta: { seats: 5 } });

  const create = async (name: string, permissions: string[], body: CreateKeyBody = {}): Promise<string> => {
    const { key } = await emulator.createKey({
      apiId: api.apiId,
      prefix: 'docs',
      externalId: 'acme',
      meta: { plan: 'pro' },
      name,
      permissions,
      ...body,
    });
    return key;
  };
  const read = ['documents.read'];
  const write = [...read, 'documents.list', 'documents.write'];
  const exportsLimit = (limit: number) => [{ name: 'exports', limit, duration: MINUTE }];
  const keys = {
    customer: await create('Customer', [...write, 'exports.create'], {
      credits: { remaining: 1_000, refill: { interval: 'daily', amount: 1_000 } },
      ratelimits: exportsLimit(20),
      expires: Date.now() + 90 * DAY,
    }),
    reader: await create('Reader', read),
    manager: await create('Manager', [...write, 'keys.manage']),
    fewCredits: await create('Few credits', ['exports.create'], {
      credits: { remaining: 3 },
      ratelimits: exportsLimit(20),
    }),
    rateLimited: await create('Rate limited', ['exports.create'], { ratelimits: exportsLimit(1) }),
    expired: await create('Expired', read, { expires: Date.now() - DAY }),
    disabled: await create('Disabled', read, { enabled: false }),
    admin: await create('Administrator', ['admin'], { externalId: 'staff' }),
  };
  return { emulator, apiId: api.apiId, keys };
}
