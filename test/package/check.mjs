// Packs the package and uses it as a stranger would: what is in the tarball, what linters of packages say of it, and
// whether apps with the tsconfig of Nest's own starters compile against it, start and answer.
import { deepStrictEqual } from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENTRY_FILES, entryPoints } from '../../scripts/entry-points.mjs';
import { run } from './run.mjs';
import { undocumented } from './undocumented.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const apps = fileURLToPath(new URL('apps', import.meta.url));
const work = realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-unkey-package-')));
const count = { passed: 0, failed: 0 };

/** One line for one check; a check that does not throw has passed. */
async function check(what, test) {
  try {
    const result = await test();
    count.passed++;
    console.log(`ok      ${what}`);
    return result;
  } catch (error) {
    count.failed++;
    console.log(`FAILED  ${what}\n${String(error?.message ?? error).replace(/^/gm, '        ')}`);
    return undefined;
  }
}

function none(found, what) {
  if (found.length > 0) throw new Error(`${what}:\n${found.join('\n')}`);
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

async function pack() {
  const text = await run('npm', ['pack', '--json', '--pack-destination', work], { cwd: root });
  // A script of the package may have written before npm does.
  const [{ filename }] = JSON.parse(text.slice(text.search(/^\[/m)));
  const tarball = join(work, filename);
  await run('tar', ['-xzf', tarball, '-C', work]);
  return tarball;
}

function packedFiles() {
  const folder = join(work, 'package');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { name: relative(folder, file).replaceAll('\\', '/'), text: readFileSync(file, 'utf8') };
    });
}

async function checkContents() {
  const files = packedFiles();
  await check(`the tarball holds what is needed and nothing else (${files.length} files)`, () => {
    const belongs =
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|docs\/\w+\.md|dist\/(esm|cjs)\/.*(\.js|\.d\.ts|package\.json))$/;
    none(
      files
        .map(({ name }) => name)
        .filter((name) => !belongs.test(name) || /(^|\/)(bench|sample-app)\/|\.(spec|test)\./.test(name)),
      'does not belong there',
    );
    none(
      ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'].filter(
        (name) => !files.some((file) => file.name === name),
      ),
      'is missing',
    );
  });
  await check('no file of the tarball names a path of a machine', () => {
    const folders = [root, tmpdir(), homedir(), '/home', '/Users']
      .map((folder) => folder.replace(/[\\/]$/, ''))
      .filter((folder) => folder !== '');
    // Not after a word, a dot or a slash: `./root/…` is no path of a machine, `/root/…` is.
    const path = new RegExp(`(?<![\\w./-])(?:${folders.map(escaped).join('|')})[\\\\/]|file:///`);
    none(
      files.flatMap(({ name, text }) => path.exec(text)?.map((found) => `${name}: ${found}`) ?? []),
      'paths',
    );
  });
  await check('what is exported carries its doc comment in the published types', () => {
    none(
      ENTRY_FILES.flatMap((entry) => undocumented(join(work, 'package/dist/esm', `${entry}.d.ts`))),
      'without a doc comment',
    );
  });
}

/** The list in scripts/entry-points.mjs, package.json and the files agree, so that a new entry point is one line. */
async function checkEntryPoints() {
  const files = packedFiles();
  const manifest = JSON.parse(files.find(({ name }) => name === 'package.json').text);
  await check('package.json says what scripts/entry-points.mjs makes', () => {
    const { exports, typesVersions } = manifest;
    deepStrictEqual({ exports, typesVersions }, entryPoints());
  });
  await check('every index of the package is an entry point', () => {
    const packed = files
      .map(({ name }) => /^dist\/esm\/(.*index)\.js$/.exec(name)?.[1])
      .filter((name) => name !== undefined);
    deepStrictEqual(packed.sort(), [...ENTRY_FILES].sort());
  });
}

async function checkLinters(tarball) {
  const bin = (name) => join(root, 'node_modules/.bin', name);
  await check('publint', () => run(bin('publint'), ['run', tarball, '--strict'], { cwd: root }));
  await check('attw: every entry point resolves in every mode, node10 too', () =>
    run(bin('attw'), [tarball, '--profile', 'strict'], { cwd: root }),
  );
}

/** Installs the tarball into one of the apps; its copy lies outside the repository, so nothing is found by accident. */
async function install(app, tarball) {
  const folder = join(work, app);
  cpSync(join(apps, app), folder, { recursive: true });
  cpSync(join(apps, 'src'), join(folder, 'src'), { recursive: true });
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await run('npm', ['install', ...quiet, tarball], { cwd: folder });
  return folder;
}

async function checkApp(app, tarball, ...more) {
  const folder = await check(`${app}: installs`, () => install(app, tarball));
  if (folder === undefined) return;
  const node = (...args) => run(process.execPath, args, { cwd: folder });
  await check(`${app}: compiles with the starter's tsconfig`, () => node('node_modules/typescript/bin/tsc'));
  for (const adapter of ['express', 'fastify']) {
    await check(`${app}: one allowed and one refused request on ${adapter}`, () =>
      node('dist/main.js', adapter),
    );
  }
  for (const checkMore of more) await checkMore(folder, node);
}

/** With `skipLibCheck`, as starters have it, a type of ours that doesn't resolve would silently be `any`. */
async function checkTypes(folder, node) {
  await check(`${relative(work, folder)}: our types compile where libraries are checked too`, async () => {
    const text = await node('node_modules/typescript/bin/tsc', '--noEmit', '--skipLibCheck', 'false').catch(
      ({ message }) => message,
    );
    none(
      text.split('\n').filter((line) => line.includes('nestjs-unkey/dist') || line.startsWith('src/')),
      'errors',
    );
  });
}

async function checkCommand(folder) {
  await check('nest-12: the shell command says how it is used', async () => {
    const text = await run('npm', ['exec', '--offline', '--', 'nestjs-unkey', '--help'], { cwd: folder });
    if (!text.includes('nestjs-unkey dev')) throw new Error(text);
  });
}

/** Jest waits without end for an open socket or timer, so the run has a deadline. */
async function checkJest(folder) {
  const app = relative(work, folder);
  await check(`${app}: a Jest test of the starter passes, and Jest ends by itself`, () =>
    run(process.execPath, ['node_modules/jest/bin/jest.js', '--ci'], { cwd: folder, timeout: 300_000 }),
  );
}

try {
  const tarball = await check('npm pack', pack);
  if (tarball !== undefined) {
    await checkContents();
    await checkEntryPoints();
    await Promise.all([
      checkLinters(tarball),
      checkApp('nest-12', tarball, checkTypes, checkCommand),
      checkApp('nest-11', tarball, checkJest),
      checkApp('nest-11-commonjs', tarball, checkTypes, checkJest),
    ]);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`\n${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed === 0 ? 0 : 1;
