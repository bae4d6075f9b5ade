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
  /** How many of the latest requests `calls` keeps; default 10,000, `false` for none. */
  recordCalls?: number | false | undefined;
  /** Whether to start where `NODE_ENV` is `production`; default false. */
  allowProduction?: boolean | undefined;
}

const TAKES: Readonly<Record<keyof EmulatorOptions, [takes: string, accepts: (value: unknown) => boolean]>> =
  {
    port: ['a port from 0 to 65535', (value) => isInteger(value) && value <= 65_535],
    host: ['an address', (value) => typeof value === 'string' && value !== ''],
    now: ['a time in Unix milliseconds', isInteger],
    rootKey: ['a text without blanks', (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)],
    recordCalls: ['a number of calls or false', (value) => value === false || isInteger(value)],
    allowProduction: ['true or false', (value) => typeof value === 'boolean'],
  };

/**
 * Refuses options that cannot be meant.
 *
 * @throws {TypeError} that names the option, what it got and what it takes
 */
export function checkEmulatorOptions(options: EmulatorOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const known = Object.entries(TAKES).find(([option]) => option === name)?.[1];
    if (!known) throw new TypeError(`UnkeyEmulator has no option '${name}'.`);
    const [takes, accepts] = known;
    if (value !== undefined && !accepts(value)) {
      throw new TypeError(`UnkeyEmulator: ${name} takes ${takes} and got ${String(value)}.`);
    }
  }
  if (process.env['NODE_ENV'] === 'production' && options.allowProduction !== true) {
    throw new Error(
      'The Unkey emulator is for development and tests; where NODE_ENV is production it starts with `allowProduction: true` only.',
    );
  }
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
