import { join } from 'node:path';
import { run } from './run.mjs';

/** Packs the package in `root` into the folder `work`, and returns the path of the tarball. */
export async function pack(root, work) {
  const text = await run('npm', ['pack', '--json', '--pack-destination', work], { cwd: root });
  // A script of the package may have written before npm does.
  const [{ filename }] = JSON.parse(text.slice(text.search(/^\[/m)));
  return join(work, filename);
}
