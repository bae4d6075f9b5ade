// Packs the package and uses it as a stranger would: what is in the tarball, what linters of packages say of it, and
// whether apps with the tsconfig of Nest's own starters compile against it, start and answer.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkAddresses } from './addresses.mjs';
import { checkApp, checkCommand, checkJest, checkPeers, checkTypes } from './apps.mjs';
import { check, count } from './checks.mjs';
import { checkContents } from './contents.mjs';
import { pack } from './pack.mjs';
import { run } from './run.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const work = realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-unkey-package-')));

async function packAndUnpack() {
  const tarball = await pack(root, work);
  await run('tar', ['-xzf', tarball, '-C', work]);
  return tarball;
}

async function checkLinters(tarball) {
  const bin = (name) => join(root, 'node_modules/.bin', name);
  await check('publint', () => run(bin('publint'), ['run', tarball, '--strict'], { cwd: root }));
  await check('attw: every entry point resolves in every mode, node10 too', () =>
    run(bin('attw'), [tarball, '--profile', 'strict'], { cwd: root }),
  );
}

try {
  const tarball = await check('npm pack', packAndUnpack);
  if (tarball !== undefined) {
    await checkContents(join(work, 'package'), root);
    await checkAddresses(root);
    await Promise.all([
      checkLinters(tarball),
      checkApp('nest-12', tarball, work, checkTypes, checkCommand, checkPeers),
      checkApp('nest-11', tarball, work, checkJest),
      checkApp('nest-11-commonjs', tarball, work, checkTypes, checkJest),
    ]);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`\n${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed === 0 ? 0 : 1;
