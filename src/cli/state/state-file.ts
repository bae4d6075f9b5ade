import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { RecordKind } from '../../emulator/store/changes.js';
import type { Workspace } from '../../emulator/store/workspace.js';
import { CliError, reasonOf } from '../cli-error.js';
import { validators } from '../documents.generated.js';
import { allRecords, recordText } from './record-text.js';
import type { Records } from './restore-records.js';
import type { StateHead } from './stored-records.js';

/** What a state file holds. */
export interface SavedState {
  readonly rootKey: string;
  readonly records: Records;
}

/** So many lines more than records, and the file is written anew. */
const SLACK = 10_000;
const CHUNK = 64 * 1024;

/**
 * A workspace in a file of lines, each a record as JSON, of which a later one replaces an earlier one. A change is one
 * line appended at once: whoever is killed in the middle of it loses that line. The whole file is only ever replaced
 * by renaming one that is complete.
 */
export class StateFile {
  #lines = 0;
  #records = 0;
  #open: number | undefined;

  constructor(private readonly path: string) {}

  /**
   * Reads the file.
   *
   * @returns nothing if there is none yet
   * @throws {CliError} if it is no state file
   */
  read(): SavedState | undefined {
    const text = this.#text();
    if (text === undefined) return undefined;
    // What stands after the last line's end was being written when the process was killed.
    const [head = '', ...lines] = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    const records = new Map<RecordKind, Map<string, unknown>>();
    const { rootKey } = this.#head(head);
    for (const [index, line] of lines.entries()) {
      if (line !== '') this.#put(line, index + 2, records);
    }
    return { rootKey, records };
  }

  /** Appends what became of the records that were changed. */
  append(
    changes: Iterable<readonly [kind: RecordKind, id: string]>,
    workspace: Workspace,
    rootKey: string,
  ): void {
    const lines = Array.from(changes, ([kind, id]) => recordText(workspace, kind, id));
    this.#lines += lines.length;
    if (this.#lines > SLACK + 2 * this.#records) this.rewrite(workspace, rootKey);
    else this.#try(() => writeSync((this.#open ??= openSync(this.path, 'a')), lines.join('')));
  }

  /** Writes everything into a new file that takes the place of the old one. */
  rewrite(workspace: Workspace, rootKey: string): void {
    this.#try(() => {
      const beside = `${this.path}.new`;
      const file = openSync(beside, 'w', 0o600);
      const head: StateHead = { kind: 'unkey emulator, version 1', rootKey };
      writeSync(file, `${JSON.stringify(head)}\n`);
      this.#records = writeLines(file, allRecords(workspace));
      this.#lines = this.#records;
      fsyncSync(file);
      renameSync(beside, this.path);
      if (this.#open !== undefined) closeSync(this.#open);
      // What was written is the file from now on, and is appended to.
      this.#open = file;
    });
  }

  #text(): string | undefined {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw new CliError(`The state file ${this.path} cannot be read: ${reasonOf(error)}.`);
    }
  }

  #head(line: string): StateHead {
    const head = parsed(line);
    if (!validators.head(head)) throw new CliError(`${this.path} is no state file of this emulator.`);
    return head;
  }

  #put(text: string, number: number, records: Map<RecordKind, Map<string, unknown>>): void {
    const line = parsed(text);
    if (!validators.line(line))
      throw new CliError(`Line ${number} of the state file ${this.path} cannot be read.`);
    const ofKind = records.get(line.kind) ?? new Map<string, unknown>();
    records.set(line.kind, ofKind);
    if (line.data) ofKind.set(line.id, line.data);
    else ofKind.delete(line.id);
  }

  #try(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw new CliError(`The state file ${this.path} cannot be written: ${reasonOf(error)}.`);
    }
  }
}

/** Writes lines, many at a time; answers how many they were. */
function writeLines(file: number, lines: Iterable<string>): number {
  let count = 0;
  let text = '';
  for (const line of lines) {
    text += line;
    count++;
    if (text.length < CHUNK) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
  return count;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
