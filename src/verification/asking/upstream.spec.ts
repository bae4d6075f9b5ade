import { describe, expect, it } from 'vitest';
import type { Verification } from '../../contracts/verification.js';
import type { CallerVerifier } from '../../contracts/verifier.js';
import { Breaker } from '../breaker/breaker.js';
import { Upstream } from './upstream.js';

const YES: Verification = { valid: true, code: 'VALID', keyId: 'key_1' };
const QUESTION = { request: { key: 'any' }, caller: undefined };
const TIMEOUT = 10_000;

function start(verifier: CallerVerifier, maxInFlight = 10) {
  const clock = { now: 0 };
  const states: string[] = [];
  const breaker = new Breaker(
    { consecutiveFailures: 1, failureRate: 1, openFor: 1000 },
    () => clock.now,
    (state) => states.push(state),
  );
  const upstream = new Upstream(verifier, maxInFlight, TIMEOUT, breaker);
  return { clock, states, ask: (timeout = TIMEOUT) => upstream.ask(QUESTION, timeout) };
}

const unavailable = (reason: string) => ({ failure: { kind: 'unavailable', reason } });

describe('asking Unkey', () => {
  it.each<[string, CallerVerifier]>([
    [
      'throws',
      () => {
        throw new Error('at once');
      },
    ],
    ['rejects with nothing', () => Promise.reject(undefined)],
    [
      'rejects with what throws when it is looked at',
      () =>
        Promise.reject(
          new Proxy(new Error('revoked'), {
            get: () => {
              throw new Error('no');
            },
          }),
        ),
    ],
  ])('never rejects and never loses its place: a verifier that %s', async (_, verifier) => {
    const { ask, clock, states } = start(verifier, 1);
    for (let n = 0; n < 3; n++) {
      expect(await ask()).toMatchObject({ failure: { kind: 'unavailable' } });
      clock.now += 1000;
    }
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'open']);
  });

  it.each([
    ['permissions', 'all'],
    ['permissions', null],
    ['ratelimits', [{ name: 'half' }]],
    ['identity', { id: 'id_1' }],
  ])('an answer whose %s are of another type is none: %j', async (name, value) => {
    const { ask } = start(async () => ({ ...YES, [name]: value }));
    expect(await ask()).toMatchObject(unavailable('Unkey gave an answer that cannot be read'));
  });

  it('a caller with less time than others have says nothing of Unkey when it runs out', async () => {
    const { ask, states } = start(() => new Promise(() => undefined));
    expect(await ask(10)).toMatchObject({ failure: { isLate: true } });
    expect(states).toEqual([]);
  });

  it('nor is such a one the probe that decides', async () => {
    const verifiers: CallerVerifier[] = [
      () => Promise.reject(new Error('down')),
      () => new Promise(() => undefined),
      async () => YES,
    ];
    const { ask, clock, states } = start((...given) => verifiers.shift()!(...given));
    await ask();
    clock.now += 1000;
    await ask(10);
    expect(await ask()).toEqual({ verification: YES });
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
  });
});
