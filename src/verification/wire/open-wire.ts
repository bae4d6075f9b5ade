import { canVerify } from '../../options/can-verify.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import type { HttpWire } from './http-wire.js';

/** Opens the connections to Unkey if the option `verifier` is `'http'`. */
export async function openWire(options: ResolvedUnkeyOptions): Promise<HttpWire | undefined> {
  return options.verifier === 'http' && canVerify(options) ? openConnections(options) : undefined;
}

/** Opens connections to Unkey. Their code is loaded only here. */
export async function openConnections(options: ResolvedUnkeyOptions): Promise<HttpWire> {
  const { HttpWire: Wire } = await import('./http-wire.js');
  return Wire.open(options);
}
