import { readFileSync } from 'node:fs';
import { describeViolations } from '../../emulator/validation/violations.js';
import { CliError, reasonOf } from '../cli-error.js';
import { validators } from '../documents.generated.js';
import type { SeedFile } from '../../emulator/seed/seed-file.js';

/**
 * Reads a seed file.
 *
 * @throws {CliError} if the file cannot be read or is invalid; the message names the place in it
 */
export function readSeed(path: string): SeedFile {
  const seed = parse(text(path), path);
  if (validators.seed(seed)) return seed;
  const messages = describeViolations(validators.seed.errors ?? []).map(({ message }) => message);
  throw new CliError(`The seed file ${path} is invalid: ${messages.join('; ')}.`);
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(`The seed file ${path} cannot be read: ${reasonOf(error)}.`);
  }
}

function parse(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CliError(`The seed file ${path} is not valid JSON: ${reasonOf(error)}.`);
  }
}
