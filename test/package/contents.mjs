import { deepStrictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { ENTRY_FILES, entryPoints } from '../../scripts/entry-points.mjs';
import { check, none } from './checks.mjs';
import { undocumented } from './undocumented.mjs';

/** Checks the files of the tarball, which are unpacked in `folder`. */
export async function checkContents({ folder, files }) {
  await checkFiles(files);
  await checkEntryPoints(files);
  await check('what is exported carries its doc comment in the published types', () => {
    none(
      ENTRY_FILES.flatMap((entry) => undocumented(join(folder, 'dist/esm', `${entry}.d.ts`))),
      'without a doc comment',
    );
  });
}

/** Nobody imports the shell command or the schematics: one format of each is enough, and no types. */
const NOT_NEEDED =
  /(^|\/)(bench|sample-app)\/|\.(spec|test)\.|^dist\/(cjs\/cli|esm\/schematics)\/|\/(cli|schematics)\/.*\.d\.ts$/;

async function checkFiles(files) {
  await check(`the tarball holds what is needed and nothing else (${files.length} files)`, () => {
    const belongs =
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|docs\/[\w-]+\.md|dist\/(esm|cjs)\/.*(\.js|\.d\.ts|package\.json)|dist\/cjs\/schematics\/collection\.json)$/;
    none(
      files.map(({ name }) => name).filter((name) => !belongs.test(name) || NOT_NEEDED.test(name)),
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
