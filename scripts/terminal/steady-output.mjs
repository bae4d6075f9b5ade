// Replaces what differs from start to start in the sample app's output: ports and random keys.
import { createHash } from 'node:crypto';

/** Random keys have 20 to 22 characters after their prefix; these have 22. */
const LENGTH = 22;

/** Returns the output with the app on port 3000, the local Unkey server on 7070, and keys that depend on their order. */
export function steadyOutput(output) {
  const keys = [...new Set(output.match(/\b[a-z]+_[A-Za-z0-9]{20,}\b/g))];
  const app = /http:\/\/localhost:(\d+)/.exec(output)?.[1];
  return keys
    .reduce((text, key) => text.replaceAll(key, steadyKey(key, keys.indexOf(key))), output)
    .replaceAll(`localhost:${app}`, 'localhost:3000')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:7070');
}

function steadyKey(key, index) {
  const [prefix] = key.split('_');
  const text = createHash('sha256')
    .update(`${index}`)
    .digest('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '');
  return `${prefix}_${text.slice(0, LENGTH)}`;
}
