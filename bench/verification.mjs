// Compares the cost of a guarded route with several guards in one process: `npm run bench`. README.md describes how.
// STARTS sets the number of processes on Fastify, ROUNDS the rounds in each, SECONDS the time per contender and round.
// CONTENDERS selects some contenders by name, separated by `;`.
import { cpus, loadavg } from 'node:os';
import { startChild } from './verification/child.mjs';
import { CALLS_PER_REQUEST, FLOOR, LISTENED, NOOP_AGAIN } from './verification/contenders.mjs';
import { comparisonLines } from './verification/goals.mjs';
import { loadGenerator } from './verification/load.mjs';
import { isPinned, pinServer } from './verification/pin.mjs';
import { measureInRounds } from './verification/rounds.mjs';
import { median, ratio } from './verification/statistics.mjs';

const STARTS = Number(process.env.STARTS ?? 2);
const ROUNDS = Number(process.env.ROUNDS ?? 10);
const SECONDS = Number(process.env.SECONDS ?? 0.3);
const names = process.env.CONTENDERS?.split(';') ?? Object.keys(CALLS_PER_REQUEST);
const unknown = names.filter((name) => !(name in CALLS_PER_REQUEST));
if (unknown.length > 0) {
  throw new Error(
    `CONTENDERS: unknown ${unknown.join('; ')}. There are: ${Object.keys(CALLS_PER_REQUEST).join('; ')}.`,
  );
}

/** Express has no goals, so it runs in one process only, without the contenders that Fastify already covers. */
const RUNS = [
  { adapter: 'fastify', names, starts: STARTS },
  {
    adapter: 'express',
    names: names.filter((name) => name !== LISTENED && name !== NOOP_AGAIN),
    starts: 1,
  },
];

function printTable(adapter, rounds) {
  const base = rounds.has(FLOOR) ? FLOOR : [...rounds.keys()][0];
  console.log(`| ${adapter}, to ${base} | per core | per second | p99 | µs per request |`);
  console.log('| --- | --- | --- | --- | --- |');
  for (const [name, figures] of rounds) {
    const ratios = ['perCore', 'perSecond', 'p99'].map((figure) =>
      ratio(rounds, name, base, figure).value.toFixed(2),
    );
    const microseconds = median(figures.map((one) => one.microseconds)).toFixed(1);
    console.log(`| ${[name, ...ratios, microseconds].join(' | ')} |`);
  }
  console.log('');
}

async function printInProcess(upstream) {
  const child = await startChild('in-process.mjs', [upstream.ready.url]);
  pinServer(child.pid);
  const figures = await child.ask('measure');
  child.stop();
  console.log('| guard.canActivate in a loop, without HTTP | µs |');
  console.log('| --- | --- |');
  for (const [name, microseconds] of Object.entries(figures)) {
    console.log(`| ${name} | ${microseconds.toFixed(2)} |`);
  }
  console.log('');
}

console.log(`${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `Load of the machine before the run: ${loadavg()[0].toFixed(1)} (0 where nothing else is at work)`,
);
console.log(`Load generator: ${loadGenerator}`);
console.log(
  `Processors: ${isPinned ? 'the apps on one, load generator and upstream on the other' : 'not pinned (needs taskset and two processors)'}`,
);
console.log(
  `${ROUNDS} rounds of ${SECONDS} s for each contender, in turn, in ${STARTS} processes on Fastify\n`,
);

const upstream = await startChild('upstream.mjs');
for (const { adapter, ...run } of RUNS) {
  const rounds = await measureInRounds({ adapter, upstream, rounds: ROUNDS, seconds: SECONDS, ...run });
  printTable(adapter, rounds);
  for (const line of comparisonLines(rounds, adapter)) console.log(line);
  console.log('');
}
await printInProcess(upstream);
upstream.stop();
