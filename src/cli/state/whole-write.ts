import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a whole text at a position of a file. One `writeSync` may write less than it is given, for example when the
 * disk is nearly full.
 *
 * @returns the number of bytes written
 */
export function writeWhole(file: number, text: string, position: number): number {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
  return written;
}

/** Flushes the folder of a file, so that a rename in it survives a power failure. Windows has no such call. */
export function syncFolderOf(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
