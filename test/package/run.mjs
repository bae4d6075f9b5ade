import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a command without input and gives what it printed on stdout.
 *
 * @throws Error with all that it printed, if it fails
 */
export async function run(command, args, options = {}) {
  // Colours would only be in the way of whoever reads a log.
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(command, args, { env, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let all = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
    all += chunk;
  });
  child.stderr.on('data', (chunk) => {
    all += chunk;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`${[command, ...args].join(' ')} ended with ${code ?? signal}:\n${all.trim()}`);
  return out;
}
