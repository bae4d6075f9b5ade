import { cpSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SUBPATHS } from '../../scripts/entry-points.mjs';
import { check, none } from './checks.mjs';
import { run } from './run.mjs';

const apps = fileURLToPath(new URL('apps', import.meta.url));

/** Installs the tarball into one of the apps; its copy lies outside the repository, so nothing is found by accident. */
async function install(app, tarball, work) {
  const folder = join(work, app);
  cpSync(join(apps, app), folder, { recursive: true });
  cpSync(join(apps, 'src'), join(folder, 'src'), { recursive: true });
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await run('npm', ['install', ...quiet, tarball], { cwd: folder });
  return folder;
}

/**
 * Installs one of the apps below `work`, compiles and runs it, then does `more` in its folder.
 */
export async function checkApp(app, tarball, work, ...more) {
  const folder = await check(`${app}: installs`, () => install(app, tarball, work));
  if (folder === undefined) return;
  const node = (...args) => run(process.execPath, args, { cwd: folder });
  await check(`${app}: compiles with the starter's tsconfig`, () => node('node_modules/typescript/bin/tsc'));
  for (const adapter of ['express', 'fastify']) {
    await check(`${app}: one allowed and one refused request on ${adapter}`, () =>
      node('dist/main.js', adapter),
    );
  }
  for (const checkMore of more) await checkMore(folder, node);
}

/** With `skipLibCheck`, as starters have it, a type of ours that doesn't resolve would silently be `any`. */
export async function checkTypes(folder, node) {
  await check(`${basename(folder)}: our types compile where libraries are checked too`, async () => {
    const text = await node('node_modules/typescript/bin/tsc', '--noEmit', '--skipLibCheck', 'false').catch(
      ({ message }) => message,
    );
    none(
      text.split('\n').filter((line) => line.includes('nestjs-unkey/dist') || line.startsWith('src/')),
      'errors',
    );
  });
}

/** The subpaths that cannot be imported without an optional peer. */
const PEERS = { swagger: '@nestjs/swagger', health: '@nestjs/terminus', otel: '@opentelemetry/api' };

/** The app installs none of the optional peers. */
export async function checkPeers(folder, node) {
  const app = basename(folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'node_modules/nestjs-unkey/package.json'), 'utf8'));
  const optional = Object.keys(manifest.peerDependenciesMeta);
  const rest = SUBPATHS.filter((name) => !(name in PEERS));
  await check(
    `${app}: without any optional peer, the root and ${rest.join(', ')} load in both formats`,
    async () => {
      none(
        optional.filter((peer) => existsSync(join(folder, 'node_modules', peer))),
        'installed, so its absence is not tested',
      );
      for (const name of ['nestjs-unkey', ...rest.map((subpath) => `nestjs-unkey/${subpath}`)]) {
        await node('--input-type=module', '--eval', `await import('${name}')`);
        await node('--input-type=commonjs', '--eval', `require('${name}')`);
      }
    },
  );
  for (const [subpath, peer] of Object.entries(PEERS)) {
    await check(`${app}: without ${peer}, only nestjs-unkey/${subpath} fails, and names it`, async () => {
      const load = `import('nestjs-unkey/${subpath}').then(() => '', (error) => error.message).then(console.log)`;
      const text = await node('--input-type=module', '--eval', load);
      if (!text.includes(`'${peer}'`)) throw new Error(text);
    });
  }
}

export async function checkCommand(folder) {
  await check('nest-12: the shell command says how it is used', async () => {
    const text = await run('npm', ['exec', '--offline', '--', 'nestjs-unkey', '--help'], { cwd: folder });
    if (!text.includes('nestjs-unkey dev')) throw new Error(text);
  });
}

/** Jest waits without end for an open socket or timer, so the run has a deadline. */
export async function checkJest(folder) {
  const app = basename(folder);
  await check(`${app}: a Jest test of the starter passes, and Jest ends by itself`, () =>
    run(process.execPath, ['node_modules/jest/bin/jest.js', '--ci'], { cwd: folder, timeout: 300_000 }),
  );
}
