import { describe, expect, it } from 'vitest';
import type { Verification } from '../../contracts/verification.js';
import type { CallerVerifier } from '../../contracts/verifier.js';
import { Breaker } from '../breaker/breaker.js';
import { obtain } from '../obtain.js';
import { InFlight } from './in-flight.js';
import { UnexpectedResponseError } from '../wire/unexpected-response.error.js';
import { Upstream } from './upstream.js';

const VALID: Verification = { valid: true, code: 'VALID', keyId: 'key_1' };
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
  const upstream = new Upstream(
    (question: typeof QUESTION, timeout) => obtain(verifier, question, timeout),
    new InFlight(maxInFlight),
    TIMEOUT,
    breaker,
    () => clock.now,
  );
  return { clock, states, upstream, ask: (timeout = TIMEOUT) => upstream.ask(QUESTION, timeout) };
}

const unavailable = (reason: string) => ({ failure: { kind: 'unavailable', reason } });

describe('a call to Unkey', () => {
  it.each<[string, CallerVerifier]>([
    [
      'throws',
      () => {
        throw new Error('at once');
      },
    ],
    ['rejects with nothing', () => Promise.reject(undefined)],
    [
      'rejects with an error whose properties throw',
      () =>
        Promise.reject(
          new Proxy(new Error('revoked'), {
            get: () => {
              throw new Error('no');
            },
          }),
        ),
    ],
  ])('never rejects, and stops counting as in flight, if the verifier %s', async (_, verifier) => {
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
  ])('fails if %s in the result has the wrong type: %j', async (name, value) => {
    const { ask } = start(async () => ({ ...VALID, [name]: value }));
    expect(await ask()).toMatchObject(unavailable("Unkey's response cannot be read"));
  });

  it('does not count as a failure if it times out because it had less than the whole time', async () => {
    const { ask, states } = start(() => new Promise(() => undefined));
    expect(await ask(10)).toMatchObject({ failure: { isLate: true } });
    expect(states).toEqual([]);
  });

  it('is not the deciding probe if it had less than the whole time', async () => {
    const verifiers: CallerVerifier[] = [
      () => Promise.reject(new Error('down')),
      () => new Promise(() => undefined),
      async () => VALID,
    ];
    const { ask, clock, states } = start((...given) => verifiers.shift()!(...given));
    await ask();
    clock.now += 1000;
    await ask(10);
    expect(await ask()).toEqual({ verification: VALID });
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
  });
});

describe('the state of Unkey', () => {
  it('has no last answer before the first, then the time of the last one, which can be a denial or a 4xx', async () => {
    const verifiers: CallerVerifier[] = [
      () => Promise.reject(new Error('down')),
      async () => VALID,
      async () => ({ valid: false, code: 'NOT_FOUND' }),
      () => Promise.reject(new UnexpectedResponseError(401)),
      () => Promise.reject(new UnexpectedResponseError(503)),
    ];
    const { ask, clock, upstream } = start((...given) => verifiers.shift()!(...given));
    await ask();
    expect(upstream.state()).toEqual({ breaker: 'open' });
    const seen: (number | undefined)[] = [];
    for (const now of [1000, 1001, 1002, 1003]) {
      clock.now = now;
      await ask();
      seen.push(upstream.state().lastAnswerAt);
    }
    expect(seen).toEqual([1000, 1001, 1002, 1002]);
  });
});
