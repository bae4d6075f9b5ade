// Generates the load on one contender, with `wrk` if it is installed. A client in JavaScript is the bottleneck above about
// 18,000 requests per second, so faster contenders would not be measured as faster.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { load } from '../keep-alive-client.mjs';
import { percentile } from './statistics.mjs';

/** So many that `wrk` seldom sleeps. With 32, it sleeps more often the slower a contender is, and waking it costs the server. */
export const CONNECTIONS = 128;
const KEY = 'acme_live_bench';
const REPORT = fileURLToPath(new URL('wrk-report.lua', import.meta.url));

const hasWrk = isInstalled('wrk');
export const loadGenerator = hasWrk
  ? `wrk, ${CONNECTIONS} connections`
  : `the keep-alive client in JavaScript, ${CONNECTIONS} connections. NOTE: install wrk for comparable figures. Above about 18,000 requests per second this client is the limit`;

/**
 * Sends requests for `seconds`. Returns the number of responses, the responses per second, and the p99 latency in ms.
 */
export const generateLoad = hasWrk ? runWrk : runKeepAliveClient;

async function runWrk(url, seconds) {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${Math.ceil(seconds) + 5}s`, '--timeout', '30s', '-s', REPORT];
  const wrk = spawn('wrk', [...args, '-H', `X-Api-Key: ${KEY}`, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  wrk.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  // wrk accepts only whole seconds; on SIGINT it stops early and reports what it has.
  const timer = setTimeout(() => wrk.kill('SIGINT'), seconds * 1000);
  await once(wrk, 'close');
  clearTimeout(timer);
  const report = /^report (\{.*\})$/m.exec(text)?.[1];
  if (report === undefined) throw new Error(`wrk gave no report: ${text}`);
  const { requests, microseconds, failed, p99 } = JSON.parse(report);
  if (failed > 0) throw new Error(`${url}: ${failed} of ${requests} requests failed: ${text}`);
  return { requests, perSecond: (requests / microseconds) * 1_000_000, p99: p99 / 1000 };
}

async function runKeepAliveClient(url, seconds) {
  const latencies = [];
  const request = Buffer.from(`GET / HTTP/1.1\r\nHost: bench\r\nX-Api-Key: ${KEY}\r\n\r\n`);
  const begun = performance.now();
  const requests = await load({
    url,
    connections: CONNECTIONS,
    seconds,
    request: () => request,
    check: (text) => text.startsWith('HTTP/1.1 200'),
    took: (ms) => latencies.push(ms),
  });
  const perSecond = (requests / (performance.now() - begun)) * 1000;
  return { requests, perSecond, p99: percentile(latencies, 0.99) };
}

function isInstalled(command) {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    // `wrk --version` prints its usage and exits with 1.
    return error.code !== 'ENOENT';
  }
}
