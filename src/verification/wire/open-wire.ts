import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import type { HttpWire } from './http-wire.js';

/** The connections to Unkey, where the options ask over them; only then is their code loaded. */
export async function openWire(options: ResolvedUnkeyOptions): Promise<HttpWire | undefined> {
  if (options.verifier !== 'http') return undefined;
  const { HttpWire: Wire } = await import('./http-wire.js');
  return Wire.open(options);
}
