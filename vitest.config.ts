import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Tests import the package by its public names, which resolve to its sources here. */
const alias = [
  { find: /^nestjs-unkey$/, replacement: path('./src/index.ts') },
  { find: /^nestjs-unkey\/(\w+)$/, replacement: path('./src/$1/index.ts') },
];

/** Resolves `@nestjs/*` and packages that support only one major to the Nest 11 that `test/nest-11` installs. */
const nest11: Plugin = {
  name: 'nest-11',
  enforce: 'pre',
  resolveId: (id) =>
    /^@nestjs\/|^@apollo\/subgraph$/.test(id)
      ? createRequire(path('./test/nest-11/package.json')).resolve(id)
      : null,
};

const endToEnd = ['test/**/*.e2e-spec.ts'];

export default defineConfig({
  resolve: { alias },
  test: {
    // One worker per core, because the tests wait for sockets half of the time.
    maxWorkers: availableParallelism(),
    // Test files of a project share a process, because no module of the package has state, and Nest is imported once.
    isolate: false,
    // Only a hanging test reaches these timeouts, so that the tests also pass on a busy machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ['default', path('./test/support/closing-line.reporter.ts')],
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.spec.ts'] } },
      { extends: true, test: { name: 'nest-12', include: endToEnd, env: { NEST_MAJOR: '12' } } },
      {
        extends: true,
        plugins: [nest11],
        test: { name: 'nest-11', include: endToEnd, env: { NEST_MAJOR: '11' } },
      },
      { extends: true, test: { name: 'emulator', include: ['test/**/*.spec.ts'] } },
      { extends: true, test: { name: 'sample-app', include: ['sample-app/test/**/*.e2e-spec.ts'] } },
    ],
  },
});
