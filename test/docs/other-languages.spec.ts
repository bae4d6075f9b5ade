import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSeed } from '../../src/cli/seed/read-seed.js';
import { applySeed } from '../../src/emulator/seed/apply-seed.js';
import { codeBlocks } from './markdown.js';

const PAGE = 'docs/other-languages.md';
const ROOT_KEY = 'unkey_dev_root_key';

const run = promisify(execFile);
const hasCurl = isInstalled('curl', '--version');
const hasPython = isInstalled('python3', '--version');
const hasGo = isInstalled('go', 'version');

/** What every language on the page asks the server. */
const REQUESTS = [
  ['keys.verifyKey', { key: 'shop_test_alice', permissions: 'documents.read', credits: { cost: 1 } }],
  ['keys.verifyKey', { key: 'shop_test_disabled' }],
  ['keys.createKey', { apiId: 'api_shop0001', externalId: 'bob' }],
];

describe(`the examples of ${PAGE} send the same requests to the local server`, () => {
  it.skipIf(!hasCurl)('curl, with the responses that the page names', async () => {
    const { url, requests } = await startSeeded();
    const outputs: string[] = [];
    for (const line of block('sh', 'curl').trim().split('\n')) {
      const { stdout } = await run('sh', ['-c', line.replace('http://127.0.0.1:7070', url)]);
      outputs.push(stdout);
    }
    expect(requests()).toEqual(REQUESTS);
    const [alice, disabled, created] = outputs;
    expect(alice).toContain('"code":"VALID"');
    expect(alice).toContain('"credits":99');
    expect(disabled).toContain('"code":"DISABLED"');
    expect(created).toContain('"key":"');
  });

  it.skipIf(!hasPython)('Python', async () => {
    const { env, requests, file } = await startSeeded();
    const { stdout } = await run('python3', [file('example.py', block('python', 'urlopen'))], { env });
    expect(stdout).toBe('True VALID 99\nFalse DISABLED\ncreated\n');
    expect(requests()).toEqual(REQUESTS);
  });

  it.skipIf(!hasGo)('Go', async () => {
    const { env, requests, file } = await startSeeded();
    const { stdout } = await run('go', ['run', file('main.go', block('go', 'package main'))], { env });
    expect(stdout).toBe('keys.verifyKey VALID\nkeys.verifyKey DISABLED\nkeys.createKey <nil>\n');
    expect(requests()).toEqual(REQUESTS);
  });
});

function isInstalled(command: string, question: string): boolean {
  try {
    execFileSync(command, [question], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function block(language: string, text: string): string {
  const found = codeBlocks(PAGE).find((one) => one.language === language && one.code.includes(text));
  if (found === undefined) throw new Error(`${PAGE} has no ${language} block with "${text}"`);
  return found.code;
}

/** Starts a server with the seed of the page, and a folder for the files of an example. */
async function startSeeded() {
  const folder = mkdtempSync(join(tmpdir(), 'other-languages-'));
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const seed = readSeed(file('keys.json', block('json', '"apis"')));
  const server = await UnkeyEmulator.startWith(
    { rootKey: ROOT_KEY },
    { fill: (workspace, now) => applySeed(seed, workspace, now) },
  );
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  return {
    url: server.url,
    env: { ...process.env, UNKEY_BASE_URL: server.url },
    requests: () => server.calls.map(({ operation, body }) => [operation, body]),
    file,
  };
}
