import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SUBPATHS } from '../../scripts/entry-points.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What an app does not need in production: the other entry points, the shell command, the schematics. */
const OFF_DUTY = [...SUBPATHS, 'cli', 'schematics'];
const isOffDuty = (file: string) => OFF_DUTY.includes(file.split('/')[0] ?? '');

/**
 * Runs a script in a process of its own and returns the files of the build that it loads, relative to `dist/<format>`.
 * V8 reports every script it parses, whichever of Node's loaders asks for it.
 */
async function loadedFiles(format: 'esm' | 'cjs', script: string): Promise<string[]> {
  const load = format === 'esm' ? 'await import' : 'require';
  const whole = `(async () => {
    const { Session } = process.getBuiltinModule('node:inspector');
    const session = new Session();
    session.connect();
    const urls = [];
    session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
    session.post('Debugger.enable');
    ${script.replaceAll('load(', `${load}(`)}
    console.log(JSON.stringify(urls));
  })();`;
  const type = format === 'esm' ? 'module' : 'commonjs';
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', `--input-type=${type}`, '-e', whole],
    { cwd: ROOT, maxBuffer: 10_000_000 },
  );
  const urls = JSON.parse(stdout) as string[];
  return urls.flatMap((url) => {
    const [, path] = url.split(`${ROOT}dist/`);
    if (path === undefined) return [];
    // Both formats in one process would be two copies of everything.
    expect(path.startsWith(`${format}/`), path).toBe(true);
    return [path.slice(format.length + 1)];
  });
}

const BOOT = `
  load('reflect-metadata');
  const { Module, Controller, Get } = load('@nestjs/common');
  const { NestFactory } = load('@nestjs/core');
  const { UnkeyModule } = load('nestjs-unkey');
  class Documents { list() { return []; } }
  Controller('documents')(Documents);
  Get()(Documents.prototype, 'list', Object.getOwnPropertyDescriptor(Documents.prototype, 'list'));
  class App {}
  Module({
    imports: [UnkeyModule.forRoot({ globalGuard: true, rootKey: 'unkey_any', verifier: async () => ({ valid: true, code: 'VALID', keyId: 'key_1' }) })],
    controllers: [Documents],
  })(App);
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  const answer = await fetch(await app.getUrl() + '/documents', { headers: { 'x-api-key': 'any' } });
  if (answer.status !== 200) throw new Error(await answer.text());
  await app.close();`;

describe.each(['esm', 'cjs'] as const)('what the %s build loads', (format) => {
  it.each([
    ['an import of the package', `load('nestjs-unkey');`],
    ['an app that boots and serves a request', BOOT],
  ])('%s loads nothing of the other entry points, the shell command or the schematics', async (_, script) => {
    const files = await loadedFiles(format, script);
    expect(files).toContain('unkey.module.js');
    expect(files.filter(isOffDuty)).toEqual([]);
  });

  it('the emulator alone loads nothing of the module, and nothing of its page until a browser asks', async () => {
    const start = `
      const { UnkeyEmulator } = load('nestjs-unkey/emulator');
      const unkey = await UnkeyEmulator.start();
      await fetch(unkey.url + '/v2/liveness');`;
    const page = `await fetch(unkey.url, { headers: { accept: 'text/html' } });`;
    const isPage = (file: string) => /serve-page|page-files/.test(file);

    const before = await loadedFiles(format, `${start} await unkey.close();`);
    expect(before).toContain('emulator/validation/validators.generated.js');
    expect(before.filter((file) => !file.startsWith('emulator/'))).toEqual([]);
    expect(before.filter(isPage)).toEqual([]);
    const after = await loadedFiles(format, `${start} ${page} await unkey.close();`);
    expect(after.filter(isPage)).toHaveLength(2);
  });
});
