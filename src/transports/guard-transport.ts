import type { Transport } from '../contracts/transport.js';
import type { UnkeyException } from '../errors/unkey.exception.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** A transport as the guard uses it. */
export type GuardTransport = Transport<ResolvedUnkeyOptions, UnkeyException>;
