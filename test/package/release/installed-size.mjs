import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The size in bytes and the number of packages that installing the package in `folder` adds: itself and everything that
 * it depends on, without peers.
 */
export function installedSize(folder) {
  const found = new Set();
  visit(realpathSync(folder), found);
  const bytes = [...found].reduce((sum, one) => sum + bytesOf(one), 0);
  return { bytes, packages: found.size };
}

function visit(folder, found) {
  if (found.has(folder)) return;
  found.add(folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const dependency = resolve(name, folder);
    if (dependency === undefined) throw new Error(`${name}, which ${manifest.name} needs, is not installed`);
    visit(dependency, found);
  }
}

/** Node's own search for a package: `node_modules` of the folder, then of each folder above. */
function resolve(name, from) {
  const candidate = join(from, 'node_modules', name);
  if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
  return dirname(from) === from ? undefined : resolve(name, dirname(from));
}

/** Without nested `node_modules`, which hold packages of their own. */
function bytesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesOf(path);
    return sum + statSync(path).size;
  }, 0);
}
