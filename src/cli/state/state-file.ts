import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { RecordKind } from '../../emulator/store/changes.js';
import type { Workspace } from '../../emulator/store/workspace.js';
import { CliError, reasonOf } from '../cli-error.js';
import { validators } from '../documents.generated.js';
import { allRecords, recordText } from './record-text.js';
import type { Records } from './restore-records.js';
import type { StateHead } from './stored-records.js';
import { syncFolderOf, writeWhole } from './whole-write.js';

/** The content of a state file. */
export interface SavedState {
  readonly rootKey: string;
  readonly records: Records;
}

/** The file is rewritten when it has this many lines more than twice its records. */
const SLACK = 10_000;
const CHUNK = 64 * 1024;

/**
 * A file that stores a workspace. Each line is a record as JSON; a later line replaces an earlier one of the same record.
 * The changes of one request are appended together: either all of them are written, or none. The whole file is only
 * ever replaced by renaming a complete new one.
 */
export class StateFile {
  #lines = 0;
  #records = 0;
  #open: number | undefined;
  /** Size of the complete lines in bytes. */
  #size = 0;
  /** Whether an append failed halfway and the incomplete line could not be removed. */
  #torn = false;

  constructor(private readonly path: string) {}

  /**
   * Reads the file.
   *
   * @returns `undefined` if the file does not exist
   * @throws {CliError} if it is not a state file
   */
  read(): SavedState | undefined {
    const text = this.#text();
    if (text === undefined) return undefined;
    // An incomplete last line was being written when the process was killed.
    const [head = '', ...lines] = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    const records = new Map<RecordKind, Map<string, unknown>>();
    const { rootKey } = this.#head(head);
    for (const [index, line] of lines.entries()) {
      if (line !== '') this.#put(line, index + 2, records);
    }
    return { rootKey, records };
  }

  /**
   * Appends the current state of changed records. Call `rewrite` once before.
   *
   * @throws {CliError} if the file cannot be written; it then has none of the changes
   */
  append(
    changes: Iterable<readonly [kind: RecordKind, id: string]>,
    workspace: Workspace,
    rootKey: string,
  ): void {
    const lines = Array.from(changes, ([kind, id]) => recordText(workspace, kind, id));
    this.#try(() => this.#appendText(lines.join('')));
    this.#lines += lines.length;
    if (this.#lines > SLACK + 2 * this.#records) this.#compact(workspace, rootKey);
  }

  /**
   * Writes all records to a new file, which replaces the old one.
   *
   * @throws {CliError} if the file cannot be written; the old file then remains
   */
  rewrite(workspace: Workspace, rootKey: string): void {
    this.#try(() => {
      const beside = `${this.path}.new`;
      const file = openSync(beside, 'w', 0o600);
      try {
        const written = writeLines(file, rootKey, workspace);
        fsyncSync(file);
        renameSync(beside, this.path);
        if (this.#open !== undefined) closeSync(this.#open);
        // From now on, changes are appended to the new file.
        this.#open = file;
        this.#size = written.bytes;
        this.#lines = this.#records = written.records;
        this.#torn = false;
      } catch (error) {
        closeSync(file);
        rmSync(beside, { force: true });
        throw error;
      }
      syncFolderOf(this.path);
    });
  }

  #appendText(text: string): void {
    const file = this.#open;
    if (file === undefined) throw new Error('append was called before rewrite');
    if (this.#torn) ftruncateSync(file, this.#size);
    this.#torn = true;
    try {
      this.#size += writeWhole(file, text, this.#size);
    } catch (error) {
      // Otherwise the next line would follow an incomplete one.
      ftruncateSync(file, this.#size);
      this.#torn = false;
      throw error;
    }
    this.#torn = false;
  }

  /** A failure does no harm: the file is only longer than necessary. The next try is when it has doubled. */
  #compact(workspace: Workspace, rootKey: string): void {
    try {
      this.rewrite(workspace, rootKey);
    } catch {
      this.#records = this.#lines;
    }
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
    if (!validators.head(head)) throw new CliError(`${this.path} is not a state file of this emulator.`);
    return head;
  }

  #put(text: string, number: number, records: Map<RecordKind, Map<string, unknown>>): void {
    const line = parsed(text);
    if (!validators.line(line))
      throw new CliError(`Line ${number} of the state file ${this.path} is malformed.`);
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

/** Writes the lines of a new file in chunks. */
function writeLines(file: number, rootKey: string, workspace: Workspace): { bytes: number; records: number } {
  const head: StateHead = { kind: 'unkey emulator, version 1', rootKey };
  let text = `${JSON.stringify(head)}\n`;
  let bytes = 0;
  let records = 0;
  for (const line of allRecords(workspace)) {
    text += line;
    records++;
    if (text.length < CHUNK) continue;
    bytes += writeWhole(file, text, bytes);
    text = '';
  }
  return { bytes: bytes + writeWhole(file, text, bytes), records };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
