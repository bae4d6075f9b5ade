// What a guarded route costs with each kind of guard, side by side: `npm run bench`. ROUNDS and SECONDS per round.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { load } from './keep-alive-client.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 1);
const CONNECTIONS = 32;
const CONTENDERS = process.env.CONTENDERS?.split(';') ?? [
  'no-op guard',
  'this module, uncached',
  'bare undici pool (floor)',
  'SDK, one client',
  'SDK, a client per request',
  'this module, cached',
  'this module, uncached, listened to',
];

async function start(file, args = []) {
  const child = fork(fileURLToPath(new URL(`verification/${file}`, import.meta.url)), args);
  const [{ url }] = await once(child, 'message');
  return { child, url };
}

async function cpuOf({ child }) {
  child.send('cpu');
  const [{ microseconds }] = await once(child, 'message');
  return microseconds;
}

const request = Buffer.from('GET / HTTP/1.1\r\nHost: bench\r\nX-Api-Key: acme_live_bench\r\n\r\n');
const check = (text) => text.startsWith('HTTP/1.1 200');

async function measure(server, seconds) {
  const latencies = [];
  const before = await cpuOf(server);
  const begun = performance.now();
  const done = await load({
    url: server.url,
    connections: CONNECTIONS,
    seconds,
    request: () => request,
    check,
    took: (ms) => latencies.push(ms),
  });
  const wall = performance.now() - begun;
  latencies.sort((a, b) => a - b);
  return {
    wall: (done / wall) * 1000,
    core: (done / ((await cpuOf(server)) - before)) * 1_000_000,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function run(adapter, upstream) {
  const servers = new Map();
  for (const name of CONTENDERS)
    servers.set(name, await start('contender.mjs', [adapter, name, upstream.url]));
  for (const server of servers.values()) await measure(server, 1.5);
  const rounds = new Map(CONTENDERS.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of CONTENDERS) rounds.get(name).push(await measure(servers.get(name), SECONDS));
  }
  for (const { child } of servers.values()) child.kill();
  return (name, figure) => median(rounds.get(name).map((one) => one[figure]));
}

/** Pairs of contenders, what is measured, and what must be reached. */
const FIGURES = [
  ['uncached / floor', 'this module, uncached', 'bare undici pool (floor)', 'core', '>=', 0.95],
  ['uncached / SDK, one client', 'this module, uncached', 'SDK, one client', 'core', '>=', 6],
  ['cached / no-op', 'this module, cached', 'no-op guard', 'core', '>=', 0.85],
  ['p99 uncached / p99 floor', 'this module, uncached', 'bare undici pool (floor)', 'p99', '<=', 1.2],
  ['listened to / not', 'this module, uncached, listened to', 'this module, uncached', 'core', '', 0],
];

console.log(`${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s, in turn. "per core": requests per second of the server's own processor time\n`,
);
const upstream = await start('upstream.mjs');
for (const adapter of ['fastify', 'express']) {
  const of = await run(adapter, upstream);
  console.log(`| ${adapter} | per core, to floor | per second, to floor | p99, to floor |`);
  console.log('| --- | --- | --- | --- |');
  const floor = 'bare undici pool (floor)';
  for (const name of CONTENDERS) {
    const cells = ['core', 'wall', 'p99'].map((figure) => (of(name, figure) / of(floor, figure)).toFixed(2));
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
  console.log('');
  for (const [name, a, b, figure, sign, goal] of FIGURES) {
    const ratio = of(a, figure) / of(b, figure);
    const isReached = sign === '>=' ? ratio >= goal : ratio <= goal;
    console.log(
      `${name}: ${ratio.toFixed(2)}${sign === '' ? '' : ` (must be ${sign} ${goal}: ${isReached ? 'reached' : 'NOT reached'})`}`,
    );
  }
  console.log('');
}
upstream.child.kill();
