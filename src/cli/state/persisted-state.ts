import type { ChangeListener, RecordKind } from '../../emulator/store/changes.js';
import type { Workspace } from '../../emulator/store/workspace.js';
import { CliError } from '../cli-error.js';
import { restoreRecords } from './restore-records.js';
import type { StateFile } from './state-file.js';

/** Persists a workspace in a state file: collects the changes of a request and writes them before the response is sent. */
export class PersistedState {
  readonly #changes = new Map<string, readonly [RecordKind, string]>();

  constructor(
    private readonly file: StateFile,
    private readonly rootKey: string,
  ) {}

  readonly changed: ChangeListener = (kind, id) => void this.#changes.set(`${kind} ${id}`, [kind, id]);

  /** @throws {CliError} if the file cannot be written */
  begin(workspace: Workspace): void {
    this.file.rewrite(workspace, this.rootKey);
    this.#changes.clear();
  }

  /** @throws {CliError} if the file cannot be written; it then holds none of the changes */
  commit(workspace: Workspace): void {
    if (this.#changes.size === 0) return;
    this.file.append(this.#changes.values(), workspace, this.rootKey);
    this.#changes.clear();
  }

  /**
   * Fills an empty workspace from the file, and discards changes that were not written.
   *
   * @throws {CliError} if the file cannot be read
   */
  restore(workspace: Workspace): void {
    const saved = this.file.read();
    if (!saved) throw new CliError('The state file was deleted while it was in use.');
    restoreRecords(saved.records, workspace);
    this.#changes.clear();
  }
}
