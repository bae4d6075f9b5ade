import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { check } from './checks.mjs';
import { pack } from './pack.mjs';
import { run } from './run.mjs';

/**
 * Packs and unpacks the package in `root`, runs the task, then deletes everything again. The task gets the path of the
 * tarball, its size in bytes, its files, the folder with them, and a temporary folder for more.
 */
export async function withPacked(root, task) {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-unkey-package-')));
  try {
    const packed = await check('npm pack', async () => {
      const tarball = await pack(root, work);
      await run('tar', ['-xzf', tarball, '-C', work]);
      const folder = join(work, 'package');
      return { tarball, size: statSync(tarball).size, folder, files: filesIn(folder), work };
    });
    if (packed !== undefined) await task(packed);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** All files below a folder: `name` relative to it, `text`, and `size` in bytes. Sorted by name. */
export function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const name = relative(folder, file).replaceAll('\\', '/');
      return { name, text: readFileSync(file, 'utf8'), size: statSync(file).size };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
