import type { Workspace } from '../emulator/store/workspace.js';
import { UnkeyEmulator } from '../emulator/unkey-emulator.js';
import type { Command } from './arguments.js';
import { CliError, reasonOf } from './cli-error.js';
import { greeting } from './greeting.js';
import { requestLine } from './request-line.js';
import { DEV_ROOT_KEY, randomRootKey } from './root-key.js';
import { hostRefusal } from './this-machine.js';
import { applySeed, SeedError } from '../emulator/seed/apply-seed.js';
import { readSeed } from './seed/read-seed.js';
import type { SeedFile } from '../emulator/seed/seed-file.js';
import { PersistedState } from './state/persisted-state.js';
import { restoreRecords } from './state/restore-records.js';
import { type SavedState, StateFile } from './state/state-file.js';

type DevCommand = Extract<Command, { name: 'dev' }>;

/**
 * Runs the emulator until the process gets SIGINT or SIGTERM.
 *
 * @throws {CliError} if it cannot start
 */
export async function dev(command: DevCommand): Promise<void> {
  const file = command.state === undefined ? undefined : new StateFile(command.state);
  let initialData: InitialData | undefined = readInitialData(command, file);
  const tryKey = anyKeyOf(initialData.seed);
  const rootKey = command.rootKey ?? initialData.saved?.rootKey ?? (file ? randomRootKey() : DEV_ROOT_KEY);
  const persisted = file && new PersistedState(file, rootKey);
  let workspace: Workspace | undefined;

  const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  const unkey = await listen(command, rootKey, {
    changed: persisted?.changed,
    fill(fresh, now) {
      workspace = fresh;
      if (initialData) fill(fresh, now, initialData);
      else persisted?.restore(fresh);
      // The files may be large and are not needed again.
      initialData = undefined;
    },
    refuseHost: rootKey === DEV_ROOT_KEY ? hostRefusal(command.allowHost) : undefined,
    commit: persisted && ((changed) => commit(persisted, changed)),
    allowHost: command.allowHost,
    answered({ operation, text, reply, ms }) {
      if (!command.quiet && reply) console.log(requestLine(operation, text, reply, ms, color));
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void unkey.close());
  if (!workspace) throw new Error('The emulator started without a workspace.');
  try {
    persisted?.begin(workspace);
  } catch (error) {
    await unkey.close();
    throw error;
  }
  console.log(greeting(unkey, workspace, { tryKey, page: command.page }));
}

/** The initial data of the workspace: the saved state of an earlier run, else the seed. */
interface InitialData {
  readonly saved: SavedState | undefined;
  readonly seed: SeedFile | undefined;
  /** The path of the seed file. */
  readonly seedPath: string | undefined;
  readonly keyspaces: boolean;
}

function readInitialData({ seed, keyspaces }: DevCommand, state: StateFile | undefined): InitialData {
  const saved = state?.read();
  return { saved, seed: seed === undefined || saved ? undefined : readSeed(seed), seedPath: seed, keyspaces };
}

async function listen(
  { port, host, keyspaces, page, allowProduction }: DevCommand,
  rootKey: string | undefined,
  setup: Parameters<typeof UnkeyEmulator.startWith>[1],
): Promise<UnkeyEmulator> {
  if (process.env['NODE_ENV'] === 'production' && !allowProduction) {
    throw new CliError(
      'The emulator does not start if NODE_ENV is production, unless you add --allow-production.',
    );
  }
  try {
    return await UnkeyEmulator.startWith(
      { port, host, rootKey, keyspaces, page, recordCalls: false, allowProduction },
      setup,
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === undefined) throw error;
    if (code === 'EADDRINUSE') throw new CliError(`Port ${port} is in use; choose another one with --port.`);
    throw new CliError(`The emulator cannot listen on ${host}, port ${port}: ${reasonOf(error)}.`);
  }
}

function fill(workspace: Workspace, now: number, { saved, seed, seedPath, keyspaces }: InitialData): void {
  try {
    if (saved) restoreRecords(saved.records, workspace);
    if (seed) applySeed(seed, workspace, now, keyspaces);
  } catch (error) {
    if (error instanceof SeedError) {
      throw new CliError(`The seed file ${seedPath} is invalid: ${error.message}.`);
    }
    throw error instanceof CliError ? error : new CliError(`The state file is invalid: ${reasonOf(error)}.`);
  }
}

/** Also prints the error. The caller gets a 500 with the same message. */
function commit(persisted: PersistedState, workspace: Workspace): void {
  try {
    persisted.commit(workspace);
  } catch (error) {
    console.error(reasonOf(error));
    throw error;
  }
}

function anyKeyOf(seed: SeedFile | undefined): string | undefined {
  return [...(seed?.keys ?? []), ...(seed?.apis ?? []).flatMap(({ keys = [] }) => keys)][0]?.key;
}
