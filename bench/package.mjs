// Compares what the package weighs now with a commit: the tarball, the installed package with its dependencies, and how
// long `import 'nestjs-unkey'` takes. Installs both into temporary folders; takes some minutes.
//
//   npm run bench:package -- <commit>
//   RUNS=31 npm run bench:package -- <commit>
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { filesIn } from '../test/package/packed.mjs';
import { figuresOf } from '../test/package/release/budget.mjs';

const RUNS = Number(process.env.RUNS ?? 15);
const root = fileURLToPath(new URL('..', import.meta.url));
const work = realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-unkey-bench-')));
const NPM = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];

const commit = process.argv[2];
if (commit === undefined) {
  console.error('Which commit? For example: npm run bench:package -- HEAD~1');
  process.exit(1);
}

/** Returns what the command prints. @throws Error if it fails */
async function run(cwd, command, ...args) {
  const { stdout } = await promisify(execFile)(command, args, { cwd, maxBuffer: 100_000_000 });
  return stdout;
}

/** The sources of the commit, with the dependencies of that time. */
async function checkOut(folder) {
  mkdirSync(folder);
  await run(root, 'git', 'archive', '--output', `${folder}.tar`, commit);
  await run(folder, 'tar', '-xf', `${folder}.tar`);
  await run(folder, 'npm', 'ci', ...NPM);
  return folder;
}

/** Packs the sources and installs the tarball in an app without anything else; npm adds the peers. */
async function install(sources, name) {
  const app = join(work, name);
  mkdirSync(join(app, 'unpacked'), { recursive: true });
  await run(sources, 'npm', 'pack', '--pack-destination', app);
  const tarball = join(
    app,
    readdirSync(app).find((file) => file.endsWith('.tgz')),
  );
  await run(app, 'tar', '-xzf', tarball, '-C', 'unpacked');
  await run(app, 'npm', 'init', '--yes');
  await run(app, 'npm', 'install', ...NPM, tarball);
  const packed = { size: statSync(tarball).size, files: filesIn(join(app, 'unpacked/package')) };
  return { app, figures: figuresOf(packed, app), imports: { esm: [], cjs: [] } };
}

const LOADS = {
  esm: ['module', "await import('nestjs-unkey')"],
  cjs: ['commonjs', "require('nestjs-unkey')"],
};

/** How many ms a new process takes to load the package. */
async function importTime({ app }, format) {
  const [type, load] = LOADS[format];
  const script = `const begun = performance.now(); ${load}; console.log(performance.now() - begun);`;
  return Number(await run(app, process.execPath, `--input-type=${type}`, '-e', script));
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  const before = await install(await checkOut(join(work, 'sources')), 'before');
  const now = await install(root, 'now');
  // One after the other, so that a busy moment of the machine hits both.
  for (let n = 0; n <= RUNS; n++) {
    for (const format of Object.keys(LOADS)) {
      for (const one of [before, now]) {
        const ms = await importTime(one, format);
        // The first run reads the files from disk.
        if (n > 0) one.imports[format].push(ms);
      }
    }
  }
  const all = ({ figures, imports }) => ({
    ...figures,
    'import as ESM, ms': Math.round(median(imports.esm)),
    'import as CommonJS, ms': Math.round(median(imports.cjs)),
  });
  const [old, current] = [all(before), all(now)];
  console.log(`Imports: median of ${RUNS} processes, in turn`);
  console.table(
    Object.fromEntries(Object.keys(old).map((name) => [name, { [commit]: old[name], now: current[name] }])),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
