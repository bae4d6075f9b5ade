import { readText, type Tree } from './devkit.js';

/** What the app uses, according to its package.json and lock file. */
export interface AppTools {
  readonly testRunner: 'jest' | 'vitest' | undefined;
  /** Whether relative imports need a file extension. */
  readonly isEsm: boolean;
  readonly isFastify: boolean;
  /** Runs a script of package.json. */
  readonly run: string;
  /** Runs a command of an installed package. */
  readonly exec: string;
}

const PACKAGE_MANAGERS = [
  { lockFile: 'pnpm-lock.yaml', run: 'pnpm run', exec: 'pnpm exec' },
  { lockFile: 'yarn.lock', run: 'yarn run', exec: 'yarn run' },
] as const;
const NPM = { run: 'npm run', exec: 'npx' } as const;

/** @throws Error if package.json can't be read */
export function appTools(tree: Tree): AppTools {
  const manifest = readManifest(tree);
  const installed = { ...recordOf(manifest['dependencies']), ...recordOf(manifest['devDependencies']) };
  const { run, exec } = PACKAGE_MANAGERS.find(({ lockFile }) => tree.exists(lockFile)) ?? NPM;
  return {
    testRunner: 'vitest' in installed ? 'vitest' : 'jest' in installed ? 'jest' : undefined,
    isEsm: manifest['type'] === 'module',
    isFastify: '@nestjs/platform-fastify' in installed && !('@nestjs/platform-express' in installed),
    run,
    exec,
  };
}

function readManifest(tree: Tree): Record<string, unknown> {
  const text = readText(tree, 'package.json');
  if (text === undefined) {
    throw new Error('There is no package.json in this folder. Run `nest add` in the folder of your app.');
  }
  try {
    return recordOf(JSON.parse(text));
  } catch {
    throw new Error('package.json is not valid JSON. Correct it and run `nest add nestjs-unkey` again.');
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
