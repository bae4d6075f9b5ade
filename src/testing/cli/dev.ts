import type { ChangeListener, RecordKind } from '../emulator/store/changes.js';
import type { Workspace } from '../emulator/store/workspace.js';
import { UnkeyEmulator } from '../emulator/unkey-emulator.js';
import type { Command } from './arguments.js';
import { CliError, reasonOf } from './cli-error.js';
import { greeting } from './greeting.js';
import { requestLine } from './request-line.js';
import { applySeed } from './seed/apply-seed.js';
import { readSeed } from './seed/read-seed.js';
import type { SeedFile } from './seed/seed-file.js';
import { restoreRecords } from './state/restore-records.js';
import { type SavedState, StateFile } from './state/state-file.js';

type DevCommand = Extract<Command, { name: 'dev' }>;

/**
 * Runs the emulator until the process is told to end.
 *
 * @throws {CliError} if it cannot start
 */
export async function dev(command: DevCommand): Promise<void> {
  const state = command.state === undefined ? undefined : new StateFile(command.state);
  const saved = state?.read();
  const seed = command.seed === undefined || saved ? undefined : readSeed(command.seed);
  const changes = new Map<string, readonly [RecordKind, string]>();
  const changed: ChangeListener = (kind, id) => void changes.set(`${kind} ${id}`, [kind, id]);
  let workspace: Workspace | undefined;

  const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  const unkey = await listen(command, saved, {
    changed: state && changed,
    fill(fresh, now) {
      workspace = fresh;
      fill(fresh, now, saved, seed);
    },
    answered(operation, text, reply, ms) {
      if (state && workspace && changes.size > 0) keep(state, changes, workspace, unkey.rootKey);
      if (!command.quiet) console.log(requestLine(operation, text, reply, ms, color));
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void unkey.close());
  if (!workspace) throw new Error('The emulator started without a workspace.');
  try {
    state?.rewrite(workspace, unkey.rootKey);
  } catch (error) {
    await unkey.close();
    throw error;
  }
  changes.clear();
  console.log(greeting(unkey.url, unkey.rootKey, workspace, anyKeyOf(seed)));
}

async function listen(
  { port, host, rootKey, allowProduction }: DevCommand,
  saved: SavedState | undefined,
  setup: Parameters<typeof UnkeyEmulator.startWith>[1],
): Promise<UnkeyEmulator> {
  if (process.env['NODE_ENV'] === 'production' && !allowProduction) {
    throw new CliError('NODE_ENV is production; the emulator then starts with --allow-production only.');
  }
  const options = {
    port,
    host,
    rootKey: rootKey ?? saved?.rootKey,
    recordCalls: false,
    allowProduction,
  } as const;
  try {
    return await UnkeyEmulator.startWith(options, setup);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === undefined) throw error;
    if (code === 'EADDRINUSE') throw new CliError(`Port ${port} is taken; choose another with --port.`);
    throw new CliError(`The emulator cannot listen on ${host}, port ${port}: ${reasonOf(error)}.`);
  }
}

function fill(
  workspace: Workspace,
  now: number,
  saved: SavedState | undefined,
  seed: SeedFile | undefined,
): void {
  try {
    if (saved) restoreRecords(saved.records, workspace);
    if (seed) applySeed(seed, workspace, now);
  } catch (error) {
    throw error instanceof CliError
      ? error
      : new CliError(`The state file cannot be used: ${reasonOf(error)}.`);
  }
}

/** Before the answer is sent, so that what was answered is never lost. */
function keep(
  state: StateFile,
  changes: Map<string, readonly [RecordKind, string]>,
  workspace: Workspace,
  rootKey: string,
): void {
  try {
    state.append(changes.values(), workspace, rootKey);
    changes.clear();
  } catch (error) {
    // The changes are kept for the next attempt.
    console.error(reasonOf(error));
  }
}

function anyKeyOf(seed: SeedFile | undefined): string | undefined {
  return [...(seed?.keys ?? []), ...(seed?.apis ?? []).flatMap(({ keys = [] }) => keys)][0]?.key;
}
