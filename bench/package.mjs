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
import { importTimes } from './package/import-times.mjs';

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
  return { app, figures: figuresOf(packed, app) };
}

try {
  const before = await install(await checkOut(join(work, 'sources')), 'before');
  const now = await install(root, 'now');
  const [importsBefore, importsNow] = await importTimes([before.app, now.app], RUNS);
  const [old, current] = [
    { ...before.figures, ...importsBefore },
    { ...now.figures, ...importsNow },
  ];
  console.log(`Imports: median of ${RUNS} processes, in turn`);
  console.table(
    Object.fromEntries(Object.keys(old).map((name) => [name, { [commit]: old[name], now: current[name] }])),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
