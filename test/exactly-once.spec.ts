import { UnkeyModule, UnkeyService } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { startApp } from './support/app.js';
import { upstream } from './support/upstream.js';

// Below the guard, so one major of Nest says as much as two.
describe('a key is verified exactly once, whatever happens on the way', () => {
  it('10,000 requests under resets, closed idle connections, timeouts and 500s', async () => {
    // A server of its own that remembers each call; it goes wrong in every way in turn.
    const received = new Map<string, number>();
    const spent = new Map<string, number>();
    const json = { 'content-type': 'application/json' };
    const yes = JSON.stringify({
      meta: { requestId: 'req_1' },
      data: { valid: true, code: 'VALID', keyId: 'key_1' },
    });
    let calls = 0;
    const baseUrl = await upstream((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const { key } = JSON.parse(text) as { key: string };
        received.set(key, (received.get(key) ?? 0) + 1);
        const kind = calls++ % 11;
        if (kind === 3) return void request.socket.resetAndDestroy();
        if (kind === 5) return void response.writeHead(500, json).end('{}');
        if (kind === 10 && calls % 5 === 0) return;
        spent.set(key, (spent.get(key) ?? 0) + 1);
        if (kind === 7) response.setHeader('connection', 'close');
        response.writeHead(200, json).end(yes, () => {
          // The race that every kept connection has: closed right after its answer, without a word.
          if (kind === 9) request.socket.destroy();
        });
      });
    });
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot({ rootKey: 'any', baseUrl, breaker: false, timeout: 1000 })],
    });
    const unkey = app.get(UnkeyService);
    let allowed = 0;
    for (let batch = 0; batch < 20; batch++) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 500 }, (_, n) => unkey.verify(`key-${batch}-${n}`)),
      );
      allowed += outcomes.filter(({ status }) => status === 'fulfilled').length;
    }
    const most = Math.max(...received.values());
    const total = (map: Map<string, number>) => [...map.values()].reduce((sum, count) => sum + count, 0);
    expect(most).toBe(1);
    expect(Math.max(...spent.values())).toBe(1);
    expect(total(received)).toBe(calls);
    expect(allowed).toBeLessThanOrEqual(total(spent));
    expect(allowed).toBeGreaterThan(5000);
  }, 60_000);
});
