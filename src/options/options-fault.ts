import { UnkeyConfigError } from '../errors/unkey-config.error.js';

/** Returns the error for invalid options. The sentence has no full stop at its end. */
export function optionsFault(sentence: string): UnkeyConfigError {
  return new UnkeyConfigError(`UnkeyModule: ${sentence}.`);
}
