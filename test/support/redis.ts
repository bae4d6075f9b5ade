import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether this machine has a Redis to start; tests that need one are skipped by name where it has none. */
export const hasRedis = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A real redis-server that can be killed, hung and brought back on the same port. */
export class RedisProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nestjs-unkey-redis-'));
  #child: ChildProcess | undefined;

  constructor(private readonly port: number) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder];
    for (let tries = 0; tries < 10; tries++) {
      const child = spawn('redis-server', options, { stdio: 'ignore' });
      this.#child = child;
      // It ends at once if another process holds the port.
      while (child.exitCode === null && child.signalCode === null) {
        if (await this.#answers()) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    throw new Error(`redis-server does not start on port ${this.port}`);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** It keeps its connections and says nothing any more. */
  hang(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Runs one command, such as `CONFIG SET maxmemory 1`. */
  async command(line: string): Promise<void> {
    const socket = connect(this.port, '127.0.0.1');
    socket.write(`${line}\r\n`);
    await once(socket, 'data');
    socket.destroy();
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.on('connect', () => socket.write('PING\r\n'));
      socket.on('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  }
}

/**
 * A port that is free now, and that no outgoing connection takes while Redis is down: systems choose theirs from 32768
 * upwards.
 */
export async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer().listen(port, '127.0.0.1');
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isFree) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}
