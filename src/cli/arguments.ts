import { parseArgs } from 'node:util';
import { CliError } from './cli-error.js';
import { isLoopback } from './this-machine.js';

/** A parsed command line. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | {
      readonly name: 'dev';
      readonly port: number;
      readonly host: string;
      readonly rootKey: string | undefined;
      /** Host names to accept in addition to those of this machine. */
      readonly allowHost: readonly string[];
      readonly seed: string | undefined;
      readonly state: string | undefined;
      readonly keyspaces: boolean;
      readonly quiet: boolean;
      readonly allowProduction: boolean;
    };

const OPTIONS = {
  port: { type: 'string', default: '7070' },
  host: { type: 'string', default: '127.0.0.1' },
  'root-key': { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  seed: { type: 'string' },
  state: { type: 'string' },
  keyspaces: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  'allow-production': { type: 'boolean', default: false },
  version: { type: 'boolean', short: 'v', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @throws {CliError} with exit code 2 for an invalid command line */
export function readArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const [name, ...more] = positionals;
  if (name === undefined) throw usage('No command given');
  if (name !== 'dev') throw usage(`Unknown command '${name}'`);
  if (more.length > 0) throw usage(`Unexpected argument '${more.join(' ')}' after dev`);
  for (const [option, value] of Object.entries(values)) {
    if ([value].flat().includes('')) throw usage(`--${option} needs a value`);
  }
  const { host, seed, state, 'allow-host': allowHost = [] } = values;
  const rootKey = rootKeyOf(values['root-key']);
  const ownRootKey = rootKey !== undefined || state !== undefined;
  if (!ownRootKey && !isLoopback(host)) {
    throw usage(
      `With --host ${host} other machines can reach the emulator, so --root-key or --state is required`,
    );
  }
  if (ownRootKey && allowHost.length > 0) {
    throw usage('--allow-host has no effect with --root-key or --state: requests with any Host are accepted');
  }
  return {
    name,
    port: portOf(values.port),
    host,
    rootKey,
    allowHost,
    seed,
    state,
    keyspaces: values.keyspaces,
    quiet: values.quiet,
    allowProduction: values['allow-production'],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    // Node adds a long explanation about positional arguments; only the first sentence says what is wrong.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    throw usage(sentence);
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw usage(`--port must be a number from 0 to 65535, got '${text}'`);
  return port;
}

function rootKeyOf(text: string | undefined): string | undefined {
  if (text !== undefined && !/^[\x21-\x7e]+$/.test(text)) {
    throw usage('--root-key must be printable ASCII without spaces');
  }
  return text;
}

function usage(problem: string): CliError {
  return new CliError(`${problem}; see nestjs-unkey --help.`, 2);
}
