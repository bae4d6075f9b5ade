// npm run check:package: packs the package and uses it as a stranger would. It checks the contents of the tarball, runs
// linters of packages on it, and installs it in apps with the tsconfig of Nest's own starters, which compile, start and
// answer. `npm run release:check` includes all of this.
import { fileURLToPath } from 'node:url';
import { report } from './checks.mjs';
import { checkPackage } from './package.mjs';
import { withPacked } from './packed.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
await withPacked(root, (packed) => checkPackage(packed, root));
report();
