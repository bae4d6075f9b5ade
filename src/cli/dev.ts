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
import { KeptState } from './state/kept-state.js';
import { restoreRecords } from './state/restore-records.js';
import { type SavedState, StateFile } from './state/state-file.js';

type DevCommand = Extract<Command, { name: 'dev' }>;

/**
 * Runs the emulator until the process is told to end.
 *
 * @throws {CliError} if it cannot start
 */
export async function dev(command: DevCommand): Promise<void> {
  const file = command.state === undefined ? undefined : new StateFile(command.state);
  let beginning: Beginning | undefined = readBeginning(command, file);
  const tryKey = anyKeyOf(beginning.seed);
  const rootKey = command.rootKey ?? beginning.saved?.rootKey ?? (file ? randomRootKey() : DEV_ROOT_KEY);
  const kept = file && new KeptState(file, rootKey);
  let workspace: Workspace | undefined;

  const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  const unkey = await listen(command, rootKey, {
    changed: kept?.changed,
    fill(fresh, now) {
      workspace = fresh;
      if (beginning) fill(fresh, now, beginning);
      else kept?.restore(fresh);
      // Files may be large, and nobody needs them again.
      beginning = undefined;
    },
    refuseHost: rootKey === DEV_ROOT_KEY ? hostRefusal(command.allowHost) : undefined,
    commit: kept && ((changed) => commit(kept, changed)),
    answered(operation, text, reply, ms) {
      if (!command.quiet) console.log(requestLine(operation, text, reply, ms, color));
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void unkey.close());
  if (!workspace) throw new Error('The emulator started without a workspace.');
  try {
    kept?.begin(workspace);
  } catch (error) {
    await unkey.close();
    throw error;
  }
  console.log(greeting(unkey.url, unkey.rootKey, workspace, tryKey));
}

/** What the workspace begins with: what was kept of an earlier run, else the seed. */
interface Beginning {
  readonly saved: SavedState | undefined;
  readonly seed: SeedFile | undefined;
  /** Where the seed stands. */
  readonly seedPath: string | undefined;
  readonly keyspaces: boolean;
}

function readBeginning({ seed, keyspaces }: DevCommand, state: StateFile | undefined): Beginning {
  const saved = state?.read();
  return { saved, seed: seed === undefined || saved ? undefined : readSeed(seed), seedPath: seed, keyspaces };
}

async function listen(
  { port, host, keyspaces, allowProduction }: DevCommand,
  rootKey: string | undefined,
  setup: Parameters<typeof UnkeyEmulator.startWith>[1],
): Promise<UnkeyEmulator> {
  if (process.env['NODE_ENV'] === 'production' && !allowProduction) {
    throw new CliError('NODE_ENV is production; the emulator then starts with --allow-production only.');
  }
  try {
    return await UnkeyEmulator.startWith(
      { port, host, rootKey, keyspaces, recordCalls: false, allowProduction },
      setup,
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === undefined) throw error;
    if (code === 'EADDRINUSE') throw new CliError(`Port ${port} is taken; choose another with --port.`);
    throw new CliError(`The emulator cannot listen on ${host}, port ${port}: ${reasonOf(error)}.`);
  }
}

function fill(workspace: Workspace, now: number, { saved, seed, seedPath, keyspaces }: Beginning): void {
  try {
    if (saved) restoreRecords(saved.records, workspace);
    if (seed) applySeed(seed, workspace, now, keyspaces);
  } catch (error) {
    if (error instanceof SeedError) {
      throw new CliError(`The seed file ${seedPath} cannot be used: ${error.message}.`);
    }
    throw error instanceof CliError
      ? error
      : new CliError(`The state file cannot be used: ${reasonOf(error)}.`);
  }
}

/** Tells the terminal too: the caller gets a 500 that says the same. */
function commit(kept: KeptState, workspace: Workspace): void {
  try {
    kept.commit(workspace);
  } catch (error) {
    console.error(reasonOf(error));
    throw error;
  }
}

function anyKeyOf(seed: SeedFile | undefined): string | undefined {
  return [...(seed?.keys ?? []), ...(seed?.apis ?? []).flatMap(({ keys = [] }) => keys)][0]?.key;
}
