// What a guarded route costs with each kind of guard, side by side: `npm run bench`. STARTS processes of each
// contender, one after the other; ROUNDS in turn with each, of SECONDS.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { load } from './keep-alive-client.mjs';
import { isPinned, pinServer } from './verification/pin.mjs';

const STARTS = Number(process.env.STARTS ?? 3);
const ROUNDS = Number(process.env.ROUNDS ?? 4);
const SECONDS = Number(process.env.SECONDS ?? 0.5);
const WARM_UP = 1.5;
const CONNECTIONS = 32;
const FLOOR = 'bare undici pool (floor)';
const CONTENDERS = process.env.CONTENDERS?.split(';') ?? [
  'no-op guard',
  'this module, uncached',
  FLOOR,
  'SDK, one client',
  'SDK, a client per request',
  'this module, cached',
  'hand-written cache',
  'this module, uncached, listened to',
];

/** Pairs of contenders, what is measured, and what must be reached on Fastify, whose own cost hides least. */
const FIGURES = [
  ['uncached / floor', 'this module, uncached', FLOOR, 'core', '>=', 0.95],
  ['uncached / SDK, one client', 'this module, uncached', 'SDK, one client', 'core', '>=', 6],
  ['cached / no-op', 'this module, cached', 'no-op guard', 'core', '>=', 0.85],
  ['hand-written cache / no-op', 'hand-written cache', 'no-op guard', 'core'],
  ['p99 uncached / p99 floor', 'this module, uncached', FLOOR, 'p99', '<=', 1.2],
  ['listened to / not', 'this module, uncached, listened to', 'this module, uncached', 'core'],
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

/** How often the upstream was asked so far. */
async function callsOf({ child }) {
  child.send('calls');
  const [{ calls }] = await once(child, 'message');
  return calls;
}

const request = Buffer.from('GET / HTTP/1.1\r\nHost: bench\r\nX-Api-Key: acme_live_bench\r\n\r\n');
const check = (text) => text.startsWith('HTTP/1.1 200');

async function measure(server, upstream, seconds) {
  const latencies = [];
  const callsBefore = await callsOf(upstream);
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
  const cpu = (await cpuOf(server)) - before;
  latencies.sort((a, b) => a - b);
  return {
    wall: (done / wall) * 1000,
    core: (done / cpu) * 1_000_000,
    asked: ((await callsOf(upstream)) - callsBefore) / done,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** All rounds of each contender. */
async function run(adapter, upstream) {
  const rounds = new Map(CONTENDERS.map((name) => [name, []]));
  for (let n = 0; n < STARTS; n++) {
    const servers = new Map();
    for (const name of CONTENDERS) {
      const server = await start('contender.mjs', [adapter, name, upstream.url]);
      pinServer(server.child.pid);
      servers.set(name, server);
    }
    for (const server of servers.values()) await measure(server, upstream, WARM_UP);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, server] of servers) rounds.get(name).push(await measure(server, upstream, SECONDS));
    }
    for (const { child } of servers.values()) child.kill();
  }
  return rounds;
}

/** One against another: the median of the ratios round by round, since a machine is not as fast at all times. */
function ratio(rounds, a, b, figure) {
  const others = rounds.get(b);
  return median(rounds.get(a).map((one, index) => one[figure] / others[index][figure]));
}

console.log(`${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `${CONNECTIONS} connections; ${STARTS} processes of each, ${ROUNDS} rounds of ${SECONDS} s in turn with each; median of the ratios.`,
);
console.log(
  `Servers ${isPinned ? 'on a processor of their own' : 'where the scheduler puts them'}. "per core": requests per second of the server's own processor time\n`,
);
const upstream = await start('upstream.mjs');
for (const adapter of ['fastify', 'express']) {
  const rounds = await run(adapter, upstream);
  const base = rounds.has(FLOOR) ? FLOOR : CONTENDERS[0];
  console.log(`| ${adapter}, to ${base} | per core | per second | p99 | asked per request |`);
  console.log('| --- | --- | --- | --- | --- |');
  for (const name of CONTENDERS) {
    const cells = ['core', 'wall', 'p99'].map((figure) => ratio(rounds, name, base, figure).toFixed(2));
    const asked = median(rounds.get(name).map((one) => one.asked));
    console.log(`| ${name} | ${cells.join(' | ')} | ${asked.toFixed(2)} |`);
  }
  console.log('');
  for (const [name, a, b, figure, sign, goal] of FIGURES) {
    if (!rounds.has(a) || !rounds.has(b)) continue;
    const value = ratio(rounds, a, b, figure);
    const isReached = sign === '>=' ? value >= goal : value <= goal;
    const verdict =
      sign === undefined || adapter !== 'fastify'
        ? ''
        : ` (must be ${sign} ${goal}: ${isReached ? 'reached' : 'NOT reached'})`;
    console.log(`${name}: ${value.toFixed(2)}${verdict}`);
  }
  console.log('');
}
upstream.child.kill();
