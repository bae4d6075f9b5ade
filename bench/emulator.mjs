// Measures the goals of the emulator: 8,000 verifications per second on one core over keep-alive, 100,000 keys in less
// than 200 MB, and responses that are not slower with 100,000 keys than with 100. Run it with `npm run bench:emulator`;
// SECONDS sets the time per figure.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { load, post } from './keep-alive-client.mjs';

const SECONDS = Number(process.env.SECONDS ?? 4);
const CONNECTIONS = 32;
const FULL = {
  prefix: 'sk_live',
  name: 'bench',
  meta: { plan: 'pro' },
  permissions: ['documents.read'],
  credits: { remaining: 1_000_000_000 },
  ratelimits: [{ name: 'requests', limit: 1_000_000_000, duration: 60_000, autoApply: true }],
};

/** Starts an emulator in its own process, with this number of keys that use all features. */
async function start(keys) {
  const file = fileURLToPath(new URL('emulator-server.mjs', import.meta.url));
  const child = fork(file, { execArgv: ['--expose-gc'] });
  const [{ url, rootKey }] = await once(child, 'message');
  const ask = async (task, details = {}) => {
    child.send({ task, ...details });
    const [answer] = await once(child, 'message');
    return answer;
  };
  const bare = await ask('grow', { count: 50, settings: {} });
  const full = await ask('grow', { count: keys, settings: FULL });
  return { url, rootKey, ask, bare: bare.keys, full: full.keys, stop: () => child.kill() };
}

/** Returns the responses per second, and the responses per second of the server's processor time. */
async function measure(server, operation, bodies, seconds = SECONDS) {
  const requests = bodies.map((body) => post(server.url, server.rootKey, operation, body));
  const options = {
    url: server.url,
    connections: CONNECTIONS,
    request: (i) => requests[i % requests.length],
    check: (text) => text.startsWith('HTTP/1.1 200'),
  };
  await load({ ...options, seconds: seconds / 4 });
  const before = await server.ask('cpu');
  const begin = performance.now();
  const done = await load({ ...options, seconds });
  const wall = performance.now() - begin;
  const cpu = (await server.ask('cpu')).microseconds - before.microseconds;
  return { wall: Math.round((done / wall) * 1000), core: Math.round((done / cpu) * 1_000_000) };
}

const FIGURES = [
  ['verifyKey, a bare key', 'keys.verifyKey', ({ bare }) => bare.map((key) => ({ key }))],
  [
    'verifyKey, permissions, credits, a limit',
    'keys.verifyKey',
    ({ full }) => full.map((key) => ({ key, permissions: 'documents.read OR admin' })),
  ],
  ['whoami', 'keys.whoami', ({ full }) => full.map((key) => ({ key }))],
  ['listKeys, a page of 10', 'apis.listKeys', () => [{ apiId: 'api_default', limit: 10 }]],
  ['createKey', 'keys.createKey', () => [{ apiId: 'api_default', name: 'new' }]],
];

const count = (value) => value.toLocaleString('en').padStart(9);
const megabytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;

console.log(
  `${CONNECTIONS} connections kept alive; in brackets: per second of the emulator's processor time\n`,
);
console.log(`${''.padEnd(44)}${'100 keys'.padStart(22)}${'100,000 keys'.padStart(24)}`);
const small = await start(100);
const empty = await small.ask('memory');
const large = await start(100_000);
const full = await large.ask('memory');
for (const [name, operation, bodies] of FIGURES) {
  const columns = [];
  for (const server of [small, large]) {
    const { wall, core } = await measure(server, operation, bodies(server));
    columns.push(`${count(wall)} /s (${count(core).trim()})`.padStart(22));
  }
  console.log(`${name.padEnd(44)}${columns.join('  ')}`);
}
console.log(`\nmemory with 100 keys: ${megabytes(empty.rss)} resident, ${megabytes(empty.heap)} of it data`);
console.log(`memory with 100,000 keys: ${megabytes(full.rss)} resident, ${megabytes(full.heap)} of it data`);
small.stop();
large.stop();
