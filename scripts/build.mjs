// Builds the package twice with `tsc`, once per module format. A bundler would remove doc comments and merge the
// subpaths. The shell command is built as ES modules only, because nothing imports it. Each output folder has a
// package.json with its module format, so both can use the extension `.js`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeEntryPoints } from './entry-points.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a Node script. If it fails, exits with its exit code. */
async function run(...command) {
  const [code] = await once(spawn(process.execPath, command, { cwd: root, stdio: 'inherit' }), 'exit');
  if (code !== 0) process.exit(code ?? 1);
}

writeEntryPoints();
await run('scripts/compile-schemas.mjs');
await run('scripts/compile-page.mjs');
rmSync(`${root}/dist`, { recursive: true, force: true });
await Promise.all([
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'),
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.cjs.json'),
]);
writeFileSync(`${root}/dist/esm/package.json`, '{ "type": "module", "sideEffects": false }\n');
writeFileSync(`${root}/dist/cjs/package.json`, '{ "type": "commonjs", "sideEffects": false }\n');
// The devkit of `nest add` loads schematics with `require`, so they are built as CommonJS only.
copyFileSync(`${root}/src/schematics/collection.json`, `${root}/dist/cjs/schematics/collection.json`);
