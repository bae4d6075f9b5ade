import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ENTRY_FILES, entryPoints } from '../../scripts/entry-points.mjs';
import { check, none } from './checks.mjs';
import { undocumented } from './undocumented.mjs';

/** Checks what the unpacked tarball in `folder` holds; `root` is the repository. */
export async function checkContents(folder, root) {
  const files = packedFiles(folder);
  await checkFiles(files);
  await checkPaths(files, root);
  await checkEntryPoints(files);
  await check('what is exported carries its doc comment in the published types', () => {
    none(
      ENTRY_FILES.flatMap((entry) => undocumented(join(folder, 'dist/esm', `${entry}.d.ts`))),
      'without a doc comment',
    );
  });
}

async function checkFiles(files) {
  await check(`the tarball holds what is needed and nothing else (${files.length} files)`, () => {
    const belongs =
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|docs\/[\w-]+\.md|dist\/(esm|cjs)\/.*(\.js|\.d\.ts|package\.json)|dist\/cjs\/schematics\/collection\.json)$/;
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
}

async function checkPaths(files, root) {
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
}

/** The list in scripts/entry-points.mjs, package.json and the files agree, so that a new entry point is one line. */
async function checkEntryPoints(files) {
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

function packedFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { name: relative(folder, file).replaceAll('\\', '/'), text: readFileSync(file, 'utf8') };
    });
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
