import { canVerify } from '../../options/can-verify.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import type { HttpWire } from './http-wire.js';

/** Opens the connections to Unkey if the option `verifier` is `'http'`. Their code is loaded only then. */
export async function openWire(options: ResolvedUnkeyOptions): Promise<HttpWire | undefined> {
  if (options.verifier !== 'http' || !canVerify(options)) return undefined;
  const { HttpWire: Wire } = await import('./http-wire.js');
  return Wire.open(options);
}
