import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const NEST = ['reflect-metadata', 'rxjs', '@nestjs/common', '@nestjs/core'];
const LOADS = {
  'import as ESM, ms': ['module', (name) => `await import('${name}');`],
  'import as CommonJS, ms': ['commonjs', (name) => `require('${name}');`],
};

/**
 * How many ms a new process, which has loaded Nest before, takes to load the package in each app: the median of `runs`
 * processes. The apps take turns, so that a busy moment of the machine hits all of them.
 */
export async function importTimes(apps, runs) {
  const times = apps.map(() => Object.fromEntries(Object.keys(LOADS).map((name) => [name, []])));
  // The first run reads the files from disk and does not count.
  for (let n = 0; n <= runs; n++) {
    for (const [name, [type, load]] of Object.entries(LOADS)) {
      for (const [index, app] of apps.entries()) {
        const ms = await importTime(app, type, load);
        if (n > 0) times[index][name].push(ms);
      }
    }
  }
  return times.map((one) =>
    Object.fromEntries(Object.entries(one).map(([name, values]) => [name, Math.round(median(values))])),
  );
}

async function importTime(app, type, load) {
  const script = `${NEST.map(load).join('\n')}
    const begun = performance.now();
    ${load('nestjs-unkey')}
    console.log(performance.now() - begun);`;
  const { stdout } = await promisify(execFile)(process.execPath, [`--input-type=${type}`, '--eval', script], {
    cwd: app,
  });
  return Number(stdout);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
