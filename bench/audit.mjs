// Measures what the audit adds to the startup of an app with 2,000 handlers: `audit: 'warn'` compared with 'off'. Each
// start runs in its own process. The kinds alternate, and the order within a pair too, so that both meet the same load.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PAIRS = Number(process.env.PAIRS ?? 12);
const GOAL = 1.05;
const file = fileURLToPath(new URL('verification/start-many.mjs', import.meta.url));
const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)];
const median = (values) => quantile(values, 0.5);

async function start(kind) {
  const child = fork(file, [kind]);
  const [figures] = await once(child, 'message');
  await once(child, 'exit');
  return figures;
}

const starts = { warn: [], off: [] };
for (let n = 0; n <= PAIRS; n++) {
  const pair = {};
  for (const kind of n % 2 === 0 ? ['warn', 'off'] : ['off', 'warn']) pair[kind] = await start(kind);
  // The first pair fills the file system's cache.
  if (n > 0) for (const kind of ['warn', 'off']) starts[kind].push(pair[kind]);
}
const ratios = (figure) => starts.warn.map((one, n) => one[figure] / starts.off[n][figure]);
const shown = (figure) => {
  const all = ratios(figure);
  return `${median(all).toFixed(3)} (half of the pairs: ${quantile(all, 0.25).toFixed(3)} to ${quantile(all, 0.75).toFixed(3)})`;
};
const ratio = median(ratios('cpu'));
const ms = (figure) => starts.warn.map((one) => one[figure]);

console.log(`boot of ${starts.warn[0].handlers} handlers, ${PAIRS} pairs of starts`);
console.log(
  `audit: 'warn' / audit: 'off', CPU time: ${shown('cpu')} must be <= ${GOAL}: ${ratio <= GOAL ? 'reached' : 'NOT reached'}`,
);
console.log(`audit: 'warn' / audit: 'off', wall time: ${shown('wall')}`);
console.log(
  `boot with audit: 'warn': ${median(ms('wall')).toFixed(0)} ms; UnkeyService.audit(), called again: ${median(ms('audit')).toFixed(1)} ms`,
);
