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

const isAbsentOr = (value: unknown, has: (value: unknown) => boolean) => value === undefined || has(value);
const isName = (value: unknown) => typeof value === 'string' && value !== '';
const isPlain = (value: unknown) => Object.getPrototypeOf(value) === Object.prototype;

/** Whether it is refused, or has what every handler relies on; said a second time here. */
function isSound(value: string): boolean {
  const read = readPrincipal([value]);
  if (read.type !== 'API_KEY') return true;
  const { key, identity } = read.principal;
  return (
    isName(key.keyId) &&
    isName(key.keySpaceId) &&
    isAbsentOr(key.permissions, isStrings) &&
    isAbsentOr(key.roles, isStrings) &&
    isAbsentOr(key.expiresAt, Number.isSafeInteger) &&
    isAbsentOr(key.credits, Number.isSafeInteger) &&
    isAbsentOr(key.meta, isPlain) &&
    isAbsentOr(identity, () => isName(identity?.externalId) && isAbsentOr(identity?.meta, isPlain))
  );
}

describe('readPrincipal', () => {
  it('reads what the gateway sends', () => {
    const { identity, source } = GOOD;
    expect(readPrincipal([header(GOOD)])).toEqual({
      type: 'API_KEY',
      principal: { identity, key: source.key },
    });
  });

  const members = pathsOf(GOOD).filter((path) => path.filter((name) => name === 'meta').length === 0);
  const metas = [
    ['identity', 'meta'],
    ['source', 'key', 'meta'],
  ];

  it.each([null, true, { a: 1 }])('is unreadable with %j in place of any member', (wrong) => {
    const isNoWrongType = (path: unknown[]) =>
      typeof wrong === 'object' && wrong !== null && path.length === 1;
    const read = members
      .filter((path) => !isNoWrongType(path))
      .filter((path) => readPrincipal([header(replaced(GOOD, path, wrong))]).type !== 'unreadable');
    expect(read).toEqual([]);
  });

  it.each([null, 7, 'x', [], [{}], false])('is unreadable with %j in place of a meta', (wrong) => {
    const types = metas.map((path) => readPrincipal([header(replaced(GOOD, path, wrong))]).type);
    expect(types).toEqual(['unreadable', 'unreadable']);
  });

  it('never throws and never lets a wrong type through, whatever bytes it gets', () => {
    const random = randoms(20_261_125);
    const bytes = Buffer.from(JSON.stringify(GOOD));
    const unsound: string[] = [];
    for (let round = 0; round < 20_000; round++) {
      const forged = Buffer.from(bytes);
      for (let change = 0; change <= random(4); change++) forged[random(forged.length)] = random(256);
      const cut = random(10) === 0 ? forged.subarray(random(forged.length)) : forged;
      if (!isSound(cut.toString('latin1'))) unsound.push(cut.toString('latin1'));
    }
    expect(unsound).toEqual([]);
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
