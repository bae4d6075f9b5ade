// Runs what depends on the version of Node under every version that the package supports: an app of the built package, and
// the tests of events and OpenTelemetry. npm's package `node` provides the versions.
//
//   npm run test:nodes
//   npm run test:nodes -- 26
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['20.19', '22.12', '22', '24', '26'];

/** @throws Error if the command fails */
async function run(version, ...args) {
  const command = ['--yes', '--package', `node@${version}`, '--', 'node', ...args];
  const child = spawn('npx', command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) throw new Error(`Node ${version}: node ${args.join(' ')} ended with ${code ?? signal}`);
}

for (const version of versions) {
  await run(version, 'test/nodes/smoke.mjs');
  await run(version, 'node_modules/vitest/vitest.mjs', 'run', 'test/otel', 'test/events', '--reporter=dot');
}
console.log(`Passed on Node ${versions.join(', ')}`);
