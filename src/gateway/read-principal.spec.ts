import { describe, expect, it } from 'vitest';
import { readPrincipal } from './read-principal.js';

const GOOD = {
  version: 'v1',
  subject: 'acme',
  type: 'API_KEY',
  identity: { externalId: 'acme', meta: { seats: 5 } },
  source: {
    key: {
      keyId: 'key_1',
      keySpaceId: 'ks_1',
      name: 'Zoë 🔑',
      expiresAt: 4_000_000_000_000,
      credits: 0,
      meta: { plan: 'pro', nested: [{ a: null }] },
      roles: ['editor'],
      permissions: ['documents.read'],
    },
  },
};
const header = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('latin1');

/** A small generator with a seed, so that a failure can be repeated. */
function randoms(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Every path to a member of a value. */
function pathsOf(value: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [at];
  const below = Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...at, name]));
  return at.length === 0 ? below : [at, ...below];
}

function replaced(value: unknown, [name, ...rest]: (string | number)[], by: unknown): unknown {
  if (name === undefined) return by;
  return { ...(value as object), [name]: replaced((value as Record<string, unknown>)[name], rest, by) };
}

const isStrings = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string');

/** What every handler relies on, said a second time. */
function expectSound(values: string[]): void {
  const read = readPrincipal(values);
  if (read.type !== 'API_KEY') return;
  const { key, identity } = read.principal;
  expect(typeof key.keyId === 'string' && key.keyId !== '').toBe(true);
  expect(typeof key.keySpaceId === 'string' && key.keySpaceId !== '').toBe(true);
  expect(key.permissions === undefined || isStrings(key.permissions)).toBe(true);
  expect(key.roles === undefined || isStrings(key.roles)).toBe(true);
  expect(key.expiresAt === undefined || Number.isSafeInteger(key.expiresAt)).toBe(true);
  expect(key.credits === undefined || Number.isSafeInteger(key.credits)).toBe(true);
  for (const meta of [key.meta, identity?.meta]) {
    expect(meta === undefined || Object.getPrototypeOf(meta) === Object.prototype).toBe(true);
  }
  expect(identity === undefined || typeof identity.externalId === 'string').toBe(true);
}

describe('readPrincipal', () => {
  it('reads what the gateway sends', () => {
    const { identity, source } = GOOD;
    expect(readPrincipal([header(GOOD)])).toEqual({
      type: 'API_KEY',
      principal: { identity, key: source.key },
    });
  });

  it.each([null, 7, 'x', '', [], {}, [1], true])(
    'every member of the wrong type makes it unreadable, or is a meta: %j',
    (wrong) => {
      for (const path of pathsOf(GOOD)) {
        const value = header(replaced(GOOD, path, wrong));
        const read = readPrincipal([value]);
        expectSound([value]);
        const isMeta = path.includes('meta');
        const isSameType = typeof wrong === 'string' || Array.isArray(wrong) || wrong === 7;
        if (!isMeta && !isSameType) expect([path, read.type]).toEqual([path, 'unreadable']);
      }
    },
  );

  it('never throws and never lets a wrong type through, whatever bytes it gets', () => {
    const random = randoms(20_261_125);
    const bytes = Buffer.from(JSON.stringify(GOOD));
    for (let round = 0; round < 20_000; round++) {
      const forged = Buffer.from(bytes);
      for (let change = 0; change <= random(4); change++) forged[random(forged.length)] = random(256);
      const cut = random(10) === 0 ? forged.subarray(random(forged.length)) : forged;
      expectSound([cut.toString('latin1')]);
    }
  });

  it('does not guess where characters are no bytes: a text that was decoded elsewhere is unreadable', () => {
    // The low byte of U+0122 is a quotation mark.
    const forged = JSON.stringify(GOOD).replace('"acme"', '"acme\u0122,\u0122type\u0122:\u0122JWT"');
    expect(readPrincipal([forged])).toMatchObject({ type: 'unreadable' });
    expect(readPrincipal([JSON.stringify({ ...GOOD, subject: 'Zoë' })])).toMatchObject({
      type: 'unreadable',
    });
  });

  it('takes nothing from prototypes', () => {
    for (const text of [
      '{"__proto__":{"version":"v1","type":"API_KEY"}}',
      header(GOOD).replace('"key":', '"__proto__":'),
      header(GOOD).replace('"keyId":"key_1"', '"__proto__":{"keyId":"key_1"}'),
    ]) {
      expect(readPrincipal([text])).toMatchObject({ type: 'unreadable' });
    }
  });

  it('reads nesting of any depth', () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const text = header(GOOD).replace('"plan":"pro"', `"plan":${deep}`);
    expect(readPrincipal([text])).toMatchObject({ type: 'API_KEY' });
  });
});
