import { join } from 'node:path';
import { checkAddresses } from './addresses.mjs';
import { checkApp, checkCommand, checkJest, checkPeers, checkTypes } from './apps.mjs';
import { check } from './checks.mjs';
import { checkContents } from './contents.mjs';
import { run } from './run.mjs';

/** The checks of `npm run check:package`: contents, linters of packages, and apps that install the tarball. */
export async function checkPackage(packed, root) {
  const { tarball, work } = packed;
  await checkContents(packed);
  await checkAddresses(root);
  await Promise.all([
    checkLinters(tarball, root),
    checkApp('nest-12', tarball, work, checkTypes, checkCommand, checkPeers),
    checkApp('nest-11', tarball, work, checkJest),
    checkApp('nest-11-commonjs', tarball, work, checkTypes, checkJest),
  ]);
}

async function checkLinters(tarball, root) {
  const bin = (name) => join(root, 'node_modules/.bin', name);
  await check('publint', () => run(bin('publint'), ['run', tarball, '--strict'], { cwd: root }));
  await check('attw: every entry point resolves in every mode, node10 too', () =>
    run(bin('attw'), [tarball, '--profile', 'strict'], { cwd: root }),
  );
}
