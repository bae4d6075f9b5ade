/** Options of `UnkeyEmulator.start`. */
export interface EmulatorOptions {
  /** TCP port. Default 0: any free port. */
  port?: number | undefined;
  /** Address to listen on. Default `127.0.0.1`, which other machines cannot reach. */
  host?: string | undefined;
  /** Unix ms at which the clock is frozen from the start. Default: real time. */
  now?: number | undefined;
  /** The root key with all permissions. Default: a random one. */
  rootKey?: string | undefined;
  /**
   * Whether to offer the newer API with keyspaces: `keys.verifyKey` takes `keyspaces` and returns `keyspaceId`,
   * `apis.createApi` takes `keyspaceId`. Default false: these members are rejected with 400, as by older servers.
   */
  keyspaces?: boolean | undefined;
  /** Whether `GET /` shows a page about the emulator to browsers. Default true. */
  page?: boolean | undefined;
  /** How many of the latest requests `calls` keeps. Default 10,000; `false` for none. */
  recordCalls?: number | false | undefined;
  /** Whether to start even if `NODE_ENV` is `production`. Default false. */
  allowProduction?: boolean | undefined;
}

type Checks = Readonly<Record<string, readonly [expected: string, accepts: (value: unknown) => boolean]>>;

const EMULATOR: Checks = {
  port: ['a port from 0 to 65535', (value) => isInteger(value) && value <= 65_535],
  host: ['an address', (value) => typeof value === 'string' && value !== ''],
  now: ['a time in Unix milliseconds', isInteger],
  rootKey: [
    'printable ASCII without spaces',
    (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value),
  ],
  keyspaces: ['true or false', (value) => typeof value === 'boolean'],
  page: ['true or false', (value) => typeof value === 'boolean'],
  recordCalls: ['a number of calls or false', (value) => value === false || isInteger(value)],
  allowProduction: ['true or false', (value) => typeof value === 'boolean'],
};

const ROOT_KEY: Checks = {
  name: ['a text', (value) => typeof value === 'string'],
  permissions: [
    'a list of strings',
    (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  ],
  enabled: ['true or false', (value) => typeof value === 'boolean'],
  expires: ['a time in Unix milliseconds', isInteger],
};

/**
 * Checks options.
 *
 * @throws {TypeError} for an unknown or invalid option; the message names the option, its value and what is valid
 * @throws {Error} if `NODE_ENV` is `production` and `allowProduction` is not true
 */
export function checkEmulatorOptions(options: EmulatorOptions): void {
  check('UnkeyEmulator', options, EMULATOR);
  if (process.env['NODE_ENV'] === 'production' && options.allowProduction !== true) {
    throw new Error(
      'The Unkey emulator is for development and tests. If NODE_ENV is production, it starts only with `allowProduction: true`.',
    );
  }
}

/** @throws {TypeError} for an unknown or invalid option; the message names the option, its value and what is valid */
export function checkRootKeyOptions(options: object): void {
  check('unkey.createRootKey', options, ROOT_KEY);
}

function check(what: string, options: object, checks: Checks): void {
  for (const [name, value] of Object.entries(options)) {
    const known = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!known) throw new TypeError(`${what} has no option '${name}'.`);
    const [expected, accepts] = known;
    if (value !== undefined && !accepts(value)) {
      throw new TypeError(`${what}: ${name} must be ${expected}, got ${shown(value)}.`);
    }
  }
}

/** Text in quotes, so that an empty one is visible. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
