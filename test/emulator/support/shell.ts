import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from 'vitest';

const main = fileURLToPath(new URL('../../../dist/esm/cli/main.js', import.meta.url));

/** A `nestjs-unkey` process; its output is collected. */
export class Shell {
  output = '';
  errors = '';
  readonly #child: ChildProcessWithoutNullStreams;

  /** @param before a command that starts the process */
  constructor(
    args: readonly string[],
    cwd: string,
    env: Record<string, string> = {},
    before: readonly string[] = [],
  ) {
    const [command = process.execPath, ...rest] = [...before, process.execPath, main, ...args];
    this.#child = spawn(command, rest, { env: { ...process.env, ...env }, cwd });
    this.#child.stdout.on('data', (chunk) => (this.output += String(chunk)));
    this.#child.stderr.on('data', (chunk) => (this.errors += String(chunk)));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The process did not start.');
    return this.#child.pid;
  }

  async prints(text: string | RegExp): Promise<string> {
    while (this.output.search(text) === -1) {
      if (this.#child.exitCode !== null) throw new Error(`It ended: ${this.errors}`);
      await Promise.race([once(this.#child.stdout, 'data'), once(this.#child, 'close')]);
    }
    return this.output;
  }

  async listening(): Promise<Address> {
    const output = await this.prints('curl ');
    const value = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(output)?.[1] ?? '';
    return { url: value('UNKEY_BASE_URL'), rootKey: value('UNKEY_ROOT_KEY') };
  }

  async ends(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}

/** The URL of an emulator, and a root key with all permissions. */
export interface Address {
  url: string;
  rootKey: string;
}

/** Processes in a new folder for each test; all of them are killed after the test. */
export function useShells() {
  let folder = '';
  let running: Shell[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-unkey-'));
    running = [];
  });
  afterEach(async () => {
    for (const shell of running) await shell.kill();
    rmSync(folder, { recursive: true });
  });
  const started = (shell: Shell): Shell => {
    running.push(shell);
    return shell;
  };
  const run = (args: readonly string[], env?: Record<string, string>): Shell =>
    started(new Shell(args, folder, env));
  return {
    run,
    /** The same, with a file size limit. */
    runLimited: (args: readonly string[], bytes: number): Shell =>
      started(new Shell(args, folder, {}, ['prlimit', `--fsize=${bytes}`])),
    /** `dev` on any free port. */
    dev: (...args: string[]): Shell => run(['dev', '--port', '0', ...args]),
    path: (name: string): string => join(folder, name),
    /** Writes a seed file and returns its name. */
    seedFile: (seed: unknown, name = 'keys.json'): string => {
      writeFileSync(join(folder, name), typeof seed === 'string' ? seed : JSON.stringify(seed));
      return name;
    },
  };
}

/** Calls an operation and returns `data`, or `error` if it fails. */
export async function call({ url, rootKey }: Address, operation: string, body: unknown) {
  const headers = { authorization: `Bearer ${rootKey}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${url}/v2/${operation}`, init);
  const answer: { data?: any; error?: any } = JSON.parse(await response.text()); // oxlint-disable-line typescript/no-explicit-any -- each test asserts its shape
  return answer.data ?? answer.error;
}
