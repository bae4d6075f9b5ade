import type { Validator } from '../emulator/validation/validator.js';
import type { SeedFile } from '../emulator/seed/seed-file.js';
import type { StateHead, StateLine, StoredRecords } from './state/stored-records.js';

/** The compiled schemas of the records of a state file. */
export type RecordDocuments = { readonly [Kind in keyof StoredRecords]: Validator<StoredRecords[Kind]> };

/** The compiled schemas of the files that the command line reads. */
export type Documents = RecordDocuments & {
  readonly seed: Validator<SeedFile>;
  readonly head: Validator<StateHead>;
  readonly line: Validator<StateLine>;
};
