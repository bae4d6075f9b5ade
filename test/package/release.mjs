// npm run release:check: everything that must be true of the tarball before it is published. `--publish` is for the
// moment of publishing: the changelog may then have no `Unreleased` section any more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, report } from './checks.mjs';
import { checkPackage } from './package.mjs';
import { withPacked } from './packed.mjs';
import { checkBudget } from './release/budget.mjs';
import { checkChangelog } from './release/changelog.mjs';
import { checkLinks } from './release/links.mjs';
import { checkReproducible } from './release/reproducible.mjs';
import { checkSecrets } from './release/secrets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const isPublish = process.argv.includes('--publish');

await withPacked(root, async (packed) => {
  await check(`CHANGELOG.md has version ${version}${isPublish ? ', and nothing unreleased' : ''}`, () =>
    checkChangelog(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version, isPublish),
  );
  await check('no secret, machine path or registry host in the tarball', () =>
    checkSecrets(packed.files, root),
  );
  await check('links and images of the shipped documents lead somewhere', () =>
    checkLinks(packed.files, root),
  );
  await Promise.all([
    check('the build is reproducible: a copy in another folder packs to the same hash', () =>
      checkReproducible(packed, root),
    ),
    checkPackage(packed, root),
  ]);
  await check('sizes are within the budget', () => checkBudget(packed, join(packed.work, 'nest-12')));
});
report();
