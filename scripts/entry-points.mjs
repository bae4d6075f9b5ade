// The entry points of the package. The build generates `exports` and `typesVersions` in package.json from this list.
// `tsconfig.json`, `vitest.config.ts` and the package check need no change.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `nestjs-unkey/<name>` is `src/<name>/index.ts`. */
export const SUBPATHS = ['testing', 'emulator', 'health', 'otel', 'swagger', 'throttler'];

const MANIFEST = fileURLToPath(new URL('../package.json', import.meta.url));

/** The file of each entry point, relative to a build folder and without extension: `index`, `testing/index`, … */
export const ENTRY_FILES = ['index', ...SUBPATHS.map((name) => `${name}/index`)];

function conditions(file) {
  const format = (folder) => ({
    types: `./dist/${folder}/${file}.d.ts`,
    default: `./dist/${folder}/${file}.js`,
  });
  return { import: format('esm'), require: format('cjs') };
}

/** The fields of package.json that make every entry point resolve. */
export function entryPoints() {
  const subpaths = Object.fromEntries(SUBPATHS.map((name) => [`./${name}`, conditions(`${name}/index`)]));
  return {
    exports: { '.': conditions('index'), ...subpaths, './package.json': './package.json' },
    // TypeScript under `moduleResolution: node10`, the default of `module: commonjs` before 6.0, doesn't read `exports`.
    typesVersions: {
      '*': Object.fromEntries(SUBPATHS.map((name) => [name, [`./dist/cjs/${name}/index.d.ts`]])),
    },
  };
}

/** Updates package.json from the list, if it differs. */
export function writeEntryPoints() {
  const before = readFileSync(MANIFEST, 'utf8');
  const after = `${JSON.stringify({ ...JSON.parse(before), ...entryPoints() }, null, 2)}\n`;
  if (after !== before) writeFileSync(MANIFEST, after);
}
