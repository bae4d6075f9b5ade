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
      readonly page: boolean;
      readonly quiet: boolean;
      readonly allowProduction: boolean;
    }
  | {
      readonly name: 'routes';
      /** The compiled file that exports the root module. */
      readonly file: string;
      readonly exportName: string | undefined;
      readonly json: boolean;
    };

const COMMON = {
  version: { type: 'boolean', short: 'v', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const DEV = {
  port: { type: 'string', default: '7070' },
  host: { type: 'string', default: '127.0.0.1' },
  'root-key': { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  seed: { type: 'string' },
  state: { type: 'string' },
  keyspaces: { type: 'boolean', default: false },
  'no-page': { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  'allow-production': { type: 'boolean', default: false },
  ...COMMON,
} as const;

const ROUTES = {
  export: { type: 'string' },
  json: { type: 'boolean', default: false },
  ...COMMON,
} as const;

/** @throws {CliError} with exit code 2 for an invalid command line */
export function readArguments(args: readonly string[]): Command {
  // Which options there are depends on the command, which may come after an option.
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...DEV, ...ROUTES },
    allowPositionals: true,
    strict: false,
  });
  const [name] = positionals;
  if (values.help === true || values.version === true) {
    parse(args, name === 'routes' ? ROUTES : DEV);
    return { name: values.help === true ? 'help' : 'version' };
  }
  if (name === 'routes') return readRoutes(args);
  if (name === 'dev' || name === undefined) return readDev(args);
  throw usage(`Unknown command '${name}'`);
}

function readRoutes(args: readonly string[]): Command {
  const { values, positionals } = parse(args, ROUTES);
  const [, file, ...more] = positionals;
  if (file === undefined || file === '') {
    throw usage('routes needs the compiled file of the root module, such as dist/app.module.js');
  }
  if (more.length > 0) throw usage(`Unexpected argument '${more.join(' ')}' after the file`);
  refuseEmpty(values);
  return { name: 'routes', file, exportName: values.export, json: values.json };
}

function readDev(args: readonly string[]): Command {
  const { values, positionals } = parse(args, DEV);
  const [name, ...more] = positionals;
  if (name !== 'dev') throw usage('No command given');
  if (more.length > 0) throw usage(`Unexpected argument '${more.join(' ')}' after dev`);
  refuseEmpty(values);
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
    page: !values['no-page'],
    quiet: values.quiet,
    allowProduction: values['allow-production'],
  };
}

function parse<Options extends typeof DEV | typeof ROUTES>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node adds a long explanation about positional arguments; only the first sentence says what is wrong.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    throw usage(sentence);
  }
}

function refuseEmpty(values: object): void {
  for (const [option, value] of Object.entries(values)) {
    if ([value].flat().includes('')) throw usage(`--${option} needs a value`);
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
