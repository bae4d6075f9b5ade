import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.js';

const OPTIONS = { consecutiveFailures: 3, failureRate: 0.5, openFor: 1000 };

function breakerAt(start = 0, options = OPTIONS) {
  const clock = { now: start };
  const states: string[] = [];
  const breaker = new Breaker(
    options,
    () => clock.now,
    (state) => states.push(state),
  );
  const call = (failed: boolean) => {
    const permit = breaker.admit();
    if (permit === undefined) return false;
    breaker.settle(permit, failed);
    return true;
  };
  return { breaker, clock, states, call };
}

describe('the circuit breaker', () => {
  it('opens after consecutive failures; a success resets the count', () => {
    const { states, call } = breakerAt();
    for (const failed of [true, true, false, true, true]) call(failed);
    expect(states).toEqual([]);
    call(true);
    expect(states).toEqual(['open']);
  });

  it('opens on a failure rate over the last ten seconds, but not with few calls', () => {
    const { states, call, clock } = breakerAt(50_000, { ...OPTIONS, consecutiveFailures: 100 });
    for (let n = 0; n < 19; n++) call(true);
    expect(states).toEqual([]);
    clock.now += 10_000;
    for (let n = 0; n < 30; n++) call(n % 3 === 0);
    expect(states).toEqual([]);
    for (let n = 0; n < 30; n++) call(n % 3 !== 0);
    expect(states).toEqual(['open']);
  });

  it('rejects all calls while open, then lets one probe through and rejects all others', () => {
    const { breaker, states, call, clock } = breakerAt();
    for (let n = 0; n < 3; n++) call(true);
    clock.now = 400;
    expect(call(false)).toBe(false);
    expect(breaker.remaining()).toBe(600);
    clock.now = 1000;
    const probe = breaker.admit();
    expect(probe).toBeDefined();
    expect(breaker.admit()).toBeUndefined();
    if (probe) breaker.settle(probe, true);
    expect(breaker.remaining()).toBe(1000);
    clock.now = 2000;
    expect(call(false)).toBe(true);
    expect(call(false)).toBe(true);
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
  });

  it('is half-open as soon as the next call is let through, even if there is no call', () => {
    const { breaker, states, call, clock } = breakerAt();
    expect(breaker.state).toBe('closed');
    for (let n = 0; n < 3; n++) call(true);
    clock.now = 999;
    expect(breaker.state).toBe('open');
    clock.now = 1000;
    expect(breaker.state).toBe('half-open');
    expect(states).toEqual(['open']);
  });

  it('ignores calls that began before the last state change', () => {
    const { breaker, states, call, clock } = breakerAt();
    const slow = breaker.admit();
    for (let n = 0; n < 3; n++) call(true);
    clock.now = 1000;
    breaker.admit();
    if (slow) breaker.settle(slow, false);
    expect(states).toEqual(['open', 'half-open']);
  });
});
