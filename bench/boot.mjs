// Measures what the module adds to the startup of an app, compared with Nest alone. Each start runs in its own process;
// prints the median of RUNS starts.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const RUNS = Number(process.env.RUNS ?? 9);
const file = fileURLToPath(new URL('verification/start.mjs', import.meta.url));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function start(kind) {
  const child = fork(file, [kind]);
  const [figures] = await once(child, 'message');
  await once(child, 'exit');
  return figures;
}

const runs = { nest: [], module: [], client: [] };
for (let n = 0; n < RUNS; n++) for (const kind of Object.keys(runs)) runs[kind].push(await start(kind));
const of = (kind, figure) => median(runs[kind].map((one) => one[figure]));
const more = (kind, figure) => of(kind, figure) - of('nest', figure);
const line = (name, value, unit, goal) =>
  console.log(
    `${name}: ${value.toFixed(0)} ${unit}${goal === undefined ? '' : ` (must be <= ${goal}: ${value <= goal ? 'reached' : 'NOT reached'})`}`,
  );

console.log(`median of ${RUNS} starts, compared with Nest alone`);
line("import 'nestjs-unkey'", of('module', 'import'), 'ms', 40);
line('import and boot with client: false', more('module', 'total'), 'ms', 120);
line('memory with client: false', more('module', 'rss'), 'MB', 16);
line('import and boot with the client', more('client', 'total'), 'ms');
line('memory with the client', more('client', 'rss'), 'MB');
