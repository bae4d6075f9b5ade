// Builds the package twice, once per module format, by `tsc` alone: a bundler would drop doc comments and merge
// the subpaths. Each output folder says its own module format, so both can use the `.js` ending.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (...command) => {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

if (existsSync(`${root}/scripts/compile-schemas.mjs`)) run('scripts/compile-schemas.mjs');
rmSync(`${root}/dist`, { recursive: true, force: true });
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.cjs.json');
writeFileSync(`${root}/dist/esm/package.json`, '{ "type": "module", "sideEffects": false }\n');
writeFileSync(`${root}/dist/cjs/package.json`, '{ "type": "commonjs", "sideEffects": false }\n');
