import { describe, expect, it } from 'vitest';
import type { VerificationFailure } from '../errors/verification-failure.js';
import { FailureLog } from './failure-log.js';

function start() {
  const lines: string[] = [];
  const clock = { now: 1_000_000 };
  const line = (level: string) => (text: string) => void lines.push(`${level}: ${text}`);
  const logger = { log: line('log'), warn: line('warn'), error: line('error') };
  return { lines, clock, log: new FailureLog(logger, () => clock.now) };
}

const outage: VerificationFailure = { kind: 'unavailable', reason: 'Unkey returned 500', status: 500 };
const fault: VerificationFailure = { kind: 'misconfigured', reason: 'Unkey returned 401', status: 401 };
const request = { key: 'secret' };

describe('failures are logged once', () => {
  it('each kind of outage once, even if failures and answers alternate', () => {
    const { log, lines, clock } = start();
    for (let n = 0; n < 20; n++) {
      log.report(outage, request);
      log.answered();
      clock.now += 400;
    }
    expect(lines).toEqual(['warn: API keys cannot be verified; callers get a 503: Unkey returned 500.']);
  });

  it('an outage with stale results, separately from an outage that callers notice', () => {
    const { log, lines } = start();
    for (let n = 0; n < 3; n++) log.servedStale(outage);
    log.report(outage, request);
    expect(lines).toEqual([
      'warn: API keys cannot be verified; callers get stale cached results: Unkey returned 500.',
      'warn: API keys cannot be verified; callers get a 503: Unkey returned 500.',
    ]);
  });

  it('the end of an outage once, after ten seconds without a failure', () => {
    const { log, lines, clock } = start();
    log.report(outage, request);
    clock.now += 9_999;
    log.answered();
    expect(lines).toHaveLength(1);
    clock.now += 1;
    log.answered();
    log.answered();
    expect(lines.slice(1)).toEqual(['log: API keys can be verified again.']);
    log.report(outage, request);
    expect(lines).toHaveLength(3);
  });

  it('a configuration error only once, with how to fix it', () => {
    const { log, lines, clock } = start();
    log.report(fault, request);
    clock.now += 100_000;
    log.answered();
    log.report(fault, request);
    expect(lines).toEqual([expect.stringMatching(/^error: .*check "rootKey" and UNKEY_ROOT_KEY/)]);
  });
});
