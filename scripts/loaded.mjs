// Runs the tests several times while busy loops keep every core busy, to show that no test depends on the speed of the
// machine. Prints one line per run, and the failed tests. Arguments after `--` are passed to vitest.
//
//   npm run test:loaded -- --runs 5 --loops 2 -- test/breaker.e2e-spec.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, loops: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const [runs, loops] = [Number(values.runs), Number(values.loops)].map((value) => {
  if (Number.isInteger(value) && value > 0) return value;
  throw new TypeError('`--runs` (default 5) and `--loops` (per core, default 1) must be positive integers.');
});

/** A busy loop that exits when this process has ended, even if it was killed. */
const BUSY_LOOP =
  'const parent = process.ppid; while (process.ppid === parent) for (let i = 0; i < 1e8; i++);';

/** Runs all tests once. Returns vitest's JSON report, or undefined if vitest did not write one. */
async function runTests(folder, run) {
  const file = join(folder, `${run}.json`);
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', `--outputFile=${file}`];
  const child = spawn(process.execPath, [...args, ...positionals], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'close');
  try {
    return { code, report: JSON.parse(readFileSync(file, 'utf8')) };
  } catch {
    return { code, report: undefined };
  }
}

/** Returns one line per failed test, or one line for a file that failed as a whole. */
function failures({ testResults }) {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const lines = failed.map(
      ({ fullName, failureMessages }) => `${fullName}\n    ${failureMessages[0] ?? ''}`,
    );
    return lines.length > 0 || !message ? lines : [`${name}\n    ${message}`];
  });
}

const busy = Array.from({ length: loops * availableParallelism() }, () =>
  spawn(process.execPath, ['-e', BUSY_LOOP], { stdio: 'ignore' }),
);
const folder = mkdtempSync(join(tmpdir(), 'nestjs-unkey-loaded-'));
let failedRuns = 0;
try {
  console.log(`${runs} runs, ${busy.length} busy loops on ${availableParallelism()} cores`);
  for (let run = 1; run <= runs; run++) {
    const started = Date.now();
    const { code, report } = await runTests(folder, run);
    const seconds = Math.round((Date.now() - started) / 1000);
    const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = report ?? {};
    if (code !== 0) failedRuns++;
    console.log(
      `run ${run}: ${code === 0 ? 'passed' : 'FAILED'}; ${numPassedTests} passed, ${numFailedTests} failed, ` +
        `${numPendingTests} skipped, ${seconds} s, load ${loadavg()[0].toFixed(1)}`,
    );
    for (const failure of report ? failures(report) : ['vitest wrote no report']) console.log(`  ${failure}`);
  }
} finally {
  for (const loop of busy) loop.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failedRuns === 0 ? 0 : 1;
