/** How the emulator is started. */
export interface EmulatorOptions {
  /** TCP port; default 0, any that is free. */
  port?: number | undefined;
  /** Address to listen on; default `127.0.0.1`, so that no other machine reaches it. */
  host?: string | undefined;
  /** Unix ms at which the clock stands still from the start; default: real time. */
  now?: number | undefined;
  /** The root key that may do everything; default: a random one. */
  rootKey?: string | undefined;
  /**
   * Whether to speak the newer API, which knows keyspaces: `keys.verifyKey` takes `keyspaces` and answers `keyspaceId`,
   * `apis.createApi` takes `keyspaceId`. Default false: such members are refused with 400, as older servers do.
   */
  keyspaces?: boolean | undefined;
  /** How many of the latest requests `calls` keeps; default 10,000, `false` for none. */
  recordCalls?: number | false | undefined;
  /** Whether to start where `NODE_ENV` is `production`; default false. */
  allowProduction?: boolean | undefined;
}

type Checks = Readonly<Record<string, readonly [takes: string, accepts: (value: unknown) => boolean]>>;

const EMULATOR: Checks = {
  port: ['a port from 0 to 65535', (value) => isInteger(value) && value <= 65_535],
  host: ['an address', (value) => typeof value === 'string' && value !== ''],
  now: ['a time in Unix milliseconds', isInteger],
  rootKey: ['a text without blanks', (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)],
  keyspaces: ['true or false', (value) => typeof value === 'boolean'],
  recordCalls: ['a number of calls or false', (value) => value === false || isInteger(value)],
  allowProduction: ['true or false', (value) => typeof value === 'boolean'],
};

const ROOT_KEY: Checks = {
  permissions: [
    'a list of texts',
    (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  ],
  enabled: ['true or false', (value) => typeof value === 'boolean'],
  expires: ['a time in Unix milliseconds', isInteger],
};

/**
 * Refuses options that cannot be meant.
 *
 * @throws {TypeError} that names the option, what it got and what it takes
 * @throws {Error} in production, unless that is wanted
 */
export function checkEmulatorOptions(options: EmulatorOptions): void {
  check('UnkeyEmulator', options, EMULATOR);
  if (process.env['NODE_ENV'] === 'production' && options.allowProduction !== true) {
    throw new Error(
      'The Unkey emulator is for development and tests; where NODE_ENV is production it starts with `allowProduction: true` only.',
    );
  }
}

/** @throws {TypeError} that names the option, what it got and what it takes */
export function checkRootKeyOptions(options: object): void {
  check('unkey.createRootKey', options, ROOT_KEY);
}

function check(what: string, options: object, checks: Checks): void {
  for (const [name, value] of Object.entries(options)) {
    const known = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!known) throw new TypeError(`${what} has no option '${name}'.`);
    const [takes, accepts] = known;
    if (value !== undefined && !accepts(value)) {
      throw new TypeError(`${what}: ${name} takes ${takes} and got ${String(value)}.`);
    }
  }
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
