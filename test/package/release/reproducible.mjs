import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { none } from '../checks.mjs';
import { filesIn } from '../packed.mjs';
import { pack } from '../pack.mjs';
import { run } from '../run.mjs';

/** What a build or an install makes. The copy has to make it again. */
const MADE =
  /(?:^|\/)(?:node_modules|dist|coverage|\.vitepress|\.git)$|\.generated\.js$|\.tgz$|\.tsbuildinfo$/;

/**
 * Builds and packs a copy of the sources, in another folder and with other times, and compares the tarballs.
 *
 * @throws Error that names the files that differ
 */
export async function checkReproducible({ tarball, files, work }, root) {
  const copy = join(work, 'copy', 'of-the-sources');
  copySources(root, copy);
  const unpacked = join(work, 'copy', 'unpacked');
  mkdirSync(unpacked);
  const other = await pack(copy, join(work, 'copy'));
  if (hash(other) === hash(tarball)) return;
  await run('tar', ['-xzf', other, '-C', unpacked]);
  const differing = differingFiles(files, filesIn(join(unpacked, 'package')));
  none(differing.length > 0 ? differing : ['only in order, mode or times'], 'the tarballs differ');
}

/** The names of the files that only one of them has, or whose texts differ. */
export function differingFiles(files, others) {
  const texts = (list) => new Map(list.map(({ name, text }) => [name, text]));
  const [one, other] = [texts(files), texts(others)];
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name));
}

function copySources(root, copy) {
  cpSync(root, copy, {
    recursive: true,
    filter: (source) => source === root || !MADE.test(basename(source)),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const time = new Date('2001-02-03T04:05:06Z');
  for (const { parentPath, name } of readdirSync(join(copy, 'src'), {
    recursive: true,
    withFileTypes: true,
  })) {
    utimesSync(join(parentPath, name), time, time);
  }
}

const hash = (file) => createHash('sha512').update(readFileSync(file)).digest('hex');
