// Draws docs/images/start.svg: what `npm start` prints. Needs `npm run build` and `npx tsc -p sample-app` first, as
// `npm run docs:terminal` does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { steadyOutput } from './terminal/steady-output.mjs';
import { terminalSvg } from './terminal/svg.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The image, relative to the root of the project. */
export const IMAGE = 'docs/images/start.svg';

/** Draws the output of the sample app. */
export function startImage(output) {
  const lines = steadyOutput(output.trimEnd()).split('\n');
  return terminalSvg('npm start prints the access table and commands to try', [
    '$ npm ci && npm start',
    '',
    ...lines,
  ]);
}

async function record() {
  const { UNKEY_ROOT_KEY: _, ...env } = process.env;
  const app = spawn(process.execPath, ['sample-app/dist/main.js'], {
    cwd: ROOT,
    env: { ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of app.stdout) {
    output += chunk;
    if (output.includes('Ctrl-C ends it.')) app.kill('SIGINT');
  }
  if (!output.includes('Ctrl-C ends it.')) throw new Error(`The sample app did not start: ${output}`);
  if (app.exitCode === null) await once(app, 'exit');
  return output;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const image = startImage(await record());
  mkdirSync(dirname(ROOT + IMAGE), { recursive: true });
  writeFileSync(ROOT + IMAGE, image);
  console.log(`${IMAGE}: ${Buffer.byteLength(image)} bytes`);
}
