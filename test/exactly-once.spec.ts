import { connect, createServer, type Socket } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { Credits, UnkeyModule, VerificationTags } from 'nestjs-unkey';
import { UnkeyEmulator, type Fault } from 'nestjs-unkey/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startApp } from './support/app.js';
import { listening } from './support/upstream.js';

/** By adapter. The second one needs fewer, because what is shown lies below both. */
const RUNS = [
  { adapter: 'fastify', requests: 10_000 },
  { adapter: 'express', requests: 2_000 },
] as const;
const AT_ONCE = 400;
/** ms in which Unkey answers all that it answers, however busy the machine is. */
const TIMEOUT = 20_000;
const CREDITS = 1_000_000;
const COST = 2;

@Controller()
class AppController {
  @Credits(COST)
  @VerificationTags((context) => context.switchToHttp().getRequest<{ url: string }>().url)
  @Get('spend')
  spend() {
    return 'handler';
  }
}

/**
 * What goes wrong among every 400 requests, and whether Unkey carried the verification out all the same. Those that
 * hang or are late keep their connection until the deadline; all together, they must leave some of the 128 free.
 */
const FAULTS: readonly { fault: Fault; times: number; spends: boolean }[] = [
  { fault: { reset: 'before' }, times: 15, spends: false },
  { fault: { reset: 'midway' }, times: 15, spends: true },
  { fault: { status: 500 }, times: 15, spends: false },
  { fault: { truncate: true }, times: 8, spends: true },
  { fault: { hang: true }, times: 2, spends: false },
  { fault: { latency: TIMEOUT + 1000 }, times: 2, spends: true },
];
const perBatch = (spends: boolean) =>
  FAULTS.filter((one) => one.spends === spends).reduce((sum, { times }) => sum + times, 0);

/** Between the app and Unkey: closes a kept connection right behind every seventh answer, without a word. */
async function closingProxy(target: string): Promise<string> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  let answers = 0;
  const proxy = createServer((near) => {
    const far = connect(Number(port), hostname);
    const end = () => void (near.destroy(), far.destroy());
    for (const socket of [near, far]) {
      sockets.add(socket.setNoDelay(true).on('error', end).on('close', end));
    }
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => near.write(chunk, () => answers++ % 7 === 6 && end()));
  });
  return listening(proxy);
}

// Once, on the newer Nest: what is shown lies below the guard, and the guard is the same on both.
describe.each(RUNS)(
  'a request with a key of credits is billed once at most, on $adapter',
  ({ adapter, requests }) => {
    it(`${requests} requests under resets, closed idle connections, timeouts and 500s`, async () => {
      await using unkey = await UnkeyEmulator.start({ recordCalls: 2 * requests });
      const { get } = await startApp(adapter, {
        imports: [
          UnkeyModule.forRoot({
            rootKey: unkey.rootKey,
            baseUrl: await closingProxy(unkey.url),
            globalGuard: true,
            client: false,
            breaker: false,
            timeout: TIMEOUT,
          }),
        ],
        controllers: [AppController],
      });
      const { key } = await unkey.createKey({ credits: { remaining: CREDITS } });
      const statuses = new Map<number, number>();
      let next = 0;
      const ask = async (): Promise<void> => {
        const n = next++;
        if (n >= requests) return;
        if (n % AT_ONCE === 0) {
          for (const { fault, times } of FAULTS) unkey.fail(fault, { operation: 'keys.verifyKey', times });
        }
        const { status } = await get(`/spend?${n}`, { 'x-api-key': key });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        return ask();
      };
      await Promise.all(Array.from({ length: AT_ONCE }, ask));

      // Unkey is still at work on what came late, so both sides are read together until they agree.
      const billed = () => perRequest(unkey);
      const carriedOut = () => billed().size - (requests / AT_ONCE) * perBatch(false);
      await expect.poll(async () => (await spentOf(unkey, key)) - COST * carriedOut()).toBe(0);
      expect([...billed().values()].filter((times) => times > 1)).toEqual([]);

      const allowed = statuses.get(200) ?? 0;
      expect(new Set(statuses.keys())).toEqual(new Set([200, 503]));
      // Charged and not let through: those whose answer broke off or came late, and those whose connection closed.
      expect(carriedOut() - allowed).toBeGreaterThanOrEqual((requests / AT_ONCE) * perBatch(true));
      expect(allowed).toBeGreaterThan(requests / 2);
    }, 600_000);
  },
);

/** How often Unkey was asked, by the request that it was for. */
function perRequest({ calls }: UnkeyEmulator): Map<string, number> {
  const times = new Map<string, number>();
  for (const { operation, body } of calls) {
    if (operation !== 'keys.verifyKey') continue;
    const [url = ''] = (body as { tags: string[] }).tags;
    times.set(url, (times.get(url) ?? 0) + 1);
  }
  return times;
}

async function spentOf({ url, rootKey }: UnkeyEmulator, key: string): Promise<number> {
  const answer = await fetch(`${url}/v2/keys.whoami`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${rootKey}` },
    body: JSON.stringify({ key }),
  });
  const { data } = (await answer.json()) as { data: { credits: { remaining: number } } };
  return CREDITS - data.credits.remaining;
}
