import { execFile, spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const children = new Set<ChildProcess>();

/** Leaves no process behind, whatever the tests of a file did. */
export function killSamplesAfterwards(): void {
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });
}

/** Compiles the sample app as `npm start` does; the package itself was built before the tests. */
export async function compileSample(): Promise<void> {
  await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'sample-app'], {
    cwd: root,
  });
}

/** What a process of the sample app printed, and how it ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

export interface RunningSample {
  /** What it printed on stdout until now. */
  text(): string;
  /** Waits until it has printed a text. */
  printed(part: string): Promise<void>;
  url: string;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

/** Runs the sample app in a process of its own until it says that it runs. */
export async function startSample(env: Record<string, string> = {}): Promise<RunningSample> {
  const sample = launch(env);
  const ended = sample.ended.then((end) => {
    throw new Error(`The sample app ended: ${JSON.stringify(end)}`);
  });
  await Promise.race([sample.printed('Ctrl-C ends it.'), ended]);
  const url = /http:\/\/localhost:\d+/.exec(sample.text())?.[0];
  if (url === undefined) throw new Error(`The sample app printed no URL: ${sample.text()}`);
  return {
    url,
    text: sample.text,
    printed: sample.printed,
    end: (signal) => {
      ended.catch(() => {});
      sample.child.kill(signal);
      return sample.ended;
    },
  };
}

/** Runs the sample app until it ends by itself. */
export async function runSample(env: Record<string, string>): Promise<Ended> {
  return launch(env).ended;
}

/** Runs the app without the demo, as in production. */
export function startAlone(env: Record<string, string>): RunningCommand & { end: () => Promise<Ended> } {
  const { child, printed, text, ended } = launch(env, 'app');
  const kill = () => void child.kill();
  return {
    printed,
    text,
    kill,
    end: () => {
      kill();
      return ended;
    },
  };
}

/** A command that the sample app printed for a shell, while it runs. */
export interface RunningCommand {
  /** Waits until the command has printed a text. */
  printed(part: string): Promise<void>;
  /** What it printed on stdout until now. */
  text(): string;
  kill(): void;
}

/** Runs a printed command in a shell, in the project's folder as it says. */
export function runCommand(command: string): RunningCommand {
  const { child, printed, text } = observe(
    spawn('sh', ['-c', `exec ${command}`], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  return { printed, text, kill: () => void child.kill() };
}

/** The demo that `npm start` runs, and the app alone. */
const ENTRIES = { demo: 'sample-app/dist/demo/main.js', app: 'sample-app/dist/src/main.js' };

function launch(env: Record<string, string>, entry: keyof typeof ENTRIES = 'demo') {
  const { UNKEY_ROOT_KEY: _, UNKEY_BASE_URL: __, UNKEY_API_ID: ___, NODE_ENV: ____, ...own } = process.env;
  return observe(
    spawn(process.execPath, [ENTRIES[entry]], {
      cwd: root,
      env: { ...own, PORT: '0', NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

function observe(child: ChildProcessByStdio<null, Readable, Readable>) {
  children.add(child);
  child.once('close', () => children.delete(child));
  let out = '';
  let err = '';
  const waiting: { part: string; seen: () => void }[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    for (const { part, seen } of waiting) if (out.includes(part)) seen();
  });
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, out, err }));
  return {
    child,
    ended,
    text: () => out,
    printed: (part: string) =>
      new Promise<void>((seen) => {
        if (out.includes(part)) seen();
        else waiting.push({ part, seen });
      }),
  };
}

/** The command that the sample app printed for the WebSocket. */
export function printedSocketCommand(text: string): string {
  const [command] = /^node -e "[^"]*"$/m.exec(text) ?? [];
  if (command === undefined) throw new Error(`no command for a socket in ${text}`);
  return command;
}

/** A `curl` command that the sample app printed, as a request. */
export interface PrintedCall {
  what: string;
  status: number;
  url: string;
  init: { method: string; headers: Headers; body?: string };
}

/** Reads the printed commands, as a shell and curl would. */
export function printedCalls(text: string): PrintedCall[] {
  return [...text.matchAll(/^# (\d{3}): (.+)\ncurl -i ((?:[^\\\n]|\\\n)*)$/gm)].map(
    ([, status, what = '', command = '']) => ({ what, status: Number(status), ...requestOf(command) }),
  );
}

function requestOf(command: string): Pick<PrintedCall, 'url' | 'init'> {
  const words = [...command.replaceAll('\\\n', '').matchAll(/'([^']*)'|\S+/g)].map(
    ([word, quoted]) => quoted ?? word,
  );
  const init: PrintedCall['init'] = { method: 'GET', headers: new Headers() };
  let url = '';
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-X') init.method = words.shift() ?? '';
    else if (word === '-d') {
      init.method = 'POST';
      init.body = words.shift() ?? '';
    } else if (word === '-H') {
      const [name = '', value = ''] = (words.shift() ?? '').split(': ');
      init.headers.set(name, value);
    } else url = word;
  }
  return { url, init };
}
