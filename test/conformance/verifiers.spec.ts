import { Unkey } from '@unkey/api';
import { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { Pool } from 'undici';
import { describe, expect, test } from 'vitest';
import type { Verifier, VerifyRequest } from '../../src/contracts/verifier.js';
import { obtain } from '../../src/verification/obtain.js';
import { sdkVerifier } from '../../src/verification/sdk.verifier.js';
import { DispatchQueue } from '../../src/verification/wire/dispatch-queue.js';
import { httpVerifier } from '../../src/verification/wire/http.verifier.js';
import { AMPLE } from '../support/deadline.js';
import { replay, type Replayed } from './replay.js';
import { scenarios, type Scenario, type Step } from './scenario.js';

/** What makes a verifier for a server and a root key. */
type Factory = (baseUrl: string, rootKey: string) => Verifier;

const NOW = Date.UTC(2027, 0, 1);

/** Replays a scenario on a server of its own, its verifications through these verifiers. */
async function verdicts(scenario: Scenario, factory: Factory): Promise<Replayed[]> {
  await using unkey = await UnkeyEmulator.start({ now: NOW });
  const rootKeys = {
    root: unkey.rootKey,
    verify: unkey.createRootKey({ permissions: ['api.*.verify_key'] }),
    nothing: unkey.createRootKey({ permissions: [] }),
    disabled: unkey.createRootKey({ enabled: false }),
    expired: unkey.createRootKey({ expires: 1_600_000_000_000 }),
  };
  const verifications: number[] = [];
  let calls = -1;
  const replayed = await replay(scenario, unkey, rootKeys, (step, body, rootKey) => {
    calls += 1;
    if (!isVerification(step) || !isVerifyRequest(body)) return undefined;
    verifications.push(calls);
    return send(factory(unkey.url, rootKey ?? ''), body, clientIpOf(step));
  });
  return replayed.filter((_, index) => verifications.includes(index));
}

async function send(verifier: Verifier, request: VerifyRequest, clientIp: string | undefined) {
  const outcome = await obtain(verifier, { request, caller: { clientIp } }, AMPLE);
  const body =
    'failure' in outcome
      ? { kind: outcome.failure.kind, status: outcome.failure.status }
      : { data: outcome.verification };
  return { status: 0, type: '', body };
}

function isVerification(step: Step): boolean {
  return (
    step.call === 'keys.verifyKey' && Object.keys(step.headers ?? {}).every((name) => /forwarded/i.test(name))
  );
}

/** The recordings hold bodies too that the types of both verifiers rule out. */
function isVerifyRequest(body: unknown): body is VerifyRequest {
  if (typeof body !== 'object' || body === null) return false;
  const types: Record<string, (value: unknown) => boolean> = {
    key: (value) => typeof value === 'string',
    permissions: (value) => typeof value === 'string',
    credits: (value) => Number.isInteger(Reflect.get(Object(value), 'cost')),
    ratelimits: (value) =>
      Array.isArray(value) &&
      value.every((one) =>
        Object.entries(Object(one)).every(
          ([name, member]) => typeof member === (name === 'name' ? 'string' : 'number'),
        ),
      ),
    tags: (value) => Array.isArray(value) && value.every((tag) => typeof tag === 'string'),
  };
  return 'key' in body && Object.entries(body).every(([name, value]) => types[name]?.(value) === true);
}

function clientIpOf({ headers = {} }: Step): string | undefined {
  return Object.entries(headers).find(([name]) => /^x-forwarded-for$/i.test(name))?.[1];
}

describe('over HTTP and through the SDK: same verdict, same data, same class of failure', () => {
  const pools: Pool[] = [];
  const http: Factory = (baseUrl, rootKey) => {
    const pool = new Pool(baseUrl);
    pools.push(pool);
    return httpVerifier(new DispatchQueue(pool, 1), { baseUrl, authorization: () => `Bearer ${rootKey}` });
  };
  const sdk: Factory = (serverURL, rootKey) => sdkVerifier(new Unkey({ serverURL, rootKey }));

  let compared = 0;
  test.for(scenarios())('$name', async (scenario) => {
    const [overHttp, throughSdk] = [await verdicts(scenario, http), await verdicts(scenario, sdk)];
    compared += overHttp.length;
    expect(overHttp.map(({ step, answered }) => ({ step, answered }))).toEqual(
      throughSdk.map(({ step, answered }) => ({ step, answered })),
    );
    await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
  });

  test('which were as many as the recordings hold', () => {
    expect(compared).toBeGreaterThan(100);
  });
});
