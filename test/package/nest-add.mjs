// Runs `nest add` of the packed tarball in new apps, as Nest's own command line makes them, and then the apps' own build
// and tests. Takes several minutes, most of them for installing.
import { deepStrictEqual, match } from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, report } from './checks.mjs';
import { pack } from './pack.mjs';
import { run } from './run.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const work = realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-unkey-nest-add-')));

/** `node`: the Node that runs the app, where its starter does not support the oldest one that the package supports. */
const APPS = [
  { name: 'nest-11-jest-commonjs', cli: '@nestjs/cli@11', node: undefined },
  { name: 'nest-12-vitest-esm', cli: '@nestjs/cli@12', node: '22' },
];
const STARTER_TEST = 'test/app.e2e-spec.ts';
const OUR_TEST = 'test/unkey.e2e-spec.ts';

/** Runs a command with the Node of the app. npm's package `node` has all versions. */
function runFor({ node }, folder, ...command) {
  const packages = node === undefined ? [] : ['--package', `node@${node}`];
  return packages.length === 0
    ? run(command[0], command.slice(1), { cwd: folder })
    : run('npx', ['--yes', ...packages, '--', ...command], { cwd: folder });
}

async function checkApp(app, tarball) {
  const { name, cli } = app;
  const folder = join(work, name);
  const command = (...words) => runFor(app, folder, ...words);
  // A tag without slashes, because the command line takes what follows one for a part of the package.
  const add = () => command('sh', '-c', `npx nest add nestjs-unkey@file:${basename(tarball)} 2>&1`);

  const isMade = await check(`${name}: a new app installs`, async () => {
    const options = ['--package-manager', 'npm', '--skip-git', '--skip-install'];
    await runFor(app, work, 'npx', '--yes', '--package', cli, '--', 'nest', 'new', name, ...options);
    await command('npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline');
    copyFileSync(tarball, join(folder, basename(tarball)));
    return true;
  });
  if (!isMade) return;

  const before = filesOf(folder);
  const printed = await check(`${name}: nest add`, add);
  if (printed === undefined) return;
  const after = filesOf(folder);

  await check(`${name}: nest add changes the module and adds two files`, () => {
    const changed = [...after].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);
    const expected = ['.env.example', 'package-lock.json', 'package.json', 'src/app.module.ts', OUR_TEST];
    deepStrictEqual(changed.sort(), expected.sort());
  });
  await check(`${name}: nest add prints what comes next`, () => {
    for (const text of ['npx nestjs-unkey dev', 'npm run start:dev', `${STARTER_TEST} fails from now on`]) {
      match(printed, new RegExp(text));
    }
  });
  await check(`${name}: the app builds`, () => command('npm', 'run', 'build'));
  await check(`${name}: the app's own unit tests pass`, () => command('npm', 'test'));
  await check(`${name}: the added test passes`, () => command('npm', 'run', 'test:e2e', '--', OUR_TEST));
  await check(`${name}: the added files have the format of the app`, () =>
    command('npx', 'prettier', '--check', 'src/app.module.ts', OUR_TEST),
  );
  await check(`${name}: ${STARTER_TEST} fails, as nest add says`, () =>
    fails(() => command('npm', 'run', 'test:e2e', '--', STARTER_TEST), /UNKEY_ROOT_KEY/),
  );
  await check(`${name}: a second run changes nothing and says so`, async () => {
    const files = filesOf(folder);
    match(await add(), /UnkeyModule is already registered in src\/app\.module\.ts\. Nothing was changed\./);
    deepStrictEqual(filesOf(folder), files);
  });
  await check(`${name}: without app.module.ts, nest add says why it changes nothing`, async () => {
    rmSync(join(folder, 'src/app.module.ts'));
    const files = filesOf(folder);
    // Nest's command line 11 ends with 0 even so, 12 with 1.
    const output = await add().catch(({ message }) => message);
    match(output, /There is no src\/app\.module\.ts\. Add UnkeyModule/);
    deepStrictEqual(filesOf(folder), files);
  });
}

/** The texts of an app's files, by their paths. */
function filesOf(folder) {
  const made = /^(?:node_modules|dist|coverage)\b|\.tgz$/;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !made.test(file));
  return new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

/** @throws Error unless the task fails with such a message */
async function fails(task, expected) {
  const error = await task().then(
    () => new Error('it did not fail'),
    (reason) => reason,
  );
  match(String(error.message), expected);
}

try {
  const tarball = await check('npm pack', () => pack(root, work));
  if (tarball !== undefined) for (const app of APPS) await checkApp(app, tarball);
} finally {
  rmSync(work, { recursive: true, force: true });
}
report();
