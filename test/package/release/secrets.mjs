import { homedir, tmpdir } from 'node:os';
import { none } from '../checks.mjs';

/** @throws Error that names the file and the kind of secret, but does not print the secret */
export function checkSecrets(files, root) {
  const folders = [root, tmpdir(), homedir(), '/home', '/Users'];
  none(secretsIn(files, folders, process.env['npm_config_registry']), 'in the tarball');
}

/** Files that hold secrets by their nature. */
const PRIVATE_FILE = /(?:^|\/)(?:\.env[^/]*|\.npmrc|\.git|id_(?:rsa|ed25519)|[^/]+\.(?:pem|p12|key))(?:\/|$)/;

const SECRETS = {
  'an Unkey root key': /\bunkey_[A-Za-z0-9]{16,}/,
  'an npm token': /\bnpm_[A-Za-z0-9]{36}\b|:_(?:authToken|auth|password)\s*=/,
  'a GitHub token': /\bgh[opsur]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22,}/,
  'an AWS access key': /\bAKIA[0-9A-Z]{16}\b/,
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'a JSON Web Token': /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/,
  'a URL with a password': /\bhttps?:\/\/[^\s/:@"'`$]+:[^\s/@"'`$]+@/,
};

/** npm's own registry is the default, so its name reveals nothing. */
const PUBLIC_REGISTRY = 'registry.npmjs.org';
const REGISTRY =
  /\bhttps?:\/\/(?!registry\.npmjs\.org\b)[\w.-]*\b(?:registry|artifactory|nexus|verdaccio|npm\.pkg)\b[\w.-]*/;

/**
 * What must not be published, a line for each file and kind.
 *
 * @param files the files of the tarball
 * @param folders the folders whose paths reveal a machine: the repository, the home folder, …
 * @param registry the registry from which this machine installs, if it is known
 */
export function secretsIn(files, folders, registry) {
  const patterns = Object.entries({
    ...SECRETS,
    'a path of a machine': machinePath(folders),
    'the host of a private registry': registryHost(registry),
  });
  return files.flatMap(({ name, text }) => [
    ...(PRIVATE_FILE.test(name) ? [`${name}: must not be published`] : []),
    ...patterns
      .filter(([, pattern]) => pattern.test(text))
      .map(([kind, pattern]) => `${name}:${lineOf(text, pattern)}: ${kind}`),
  ]);
}

/** Not after a word, a dot or a slash: `./root/…` is no path of a machine, `/root/…` is. */
function machinePath(folders) {
  const known = folders.map((folder) => folder.replace(/[\\/]$/, '')).filter((folder) => folder !== '');
  return new RegExp(`(?<![\\w./-])(?:${known.map(escaped).join('|')})[\\\\/]|file:///`);
}

function registryHost(registry) {
  const host = registry === undefined ? PUBLIC_REGISTRY : new URL(registry).host;
  return host === PUBLIC_REGISTRY ? REGISTRY : new RegExp(`${REGISTRY.source}|${escaped(host)}`);
}

function lineOf(text, pattern) {
  return text.slice(0, text.search(pattern)).split('\n').length;
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
