import { isIP } from 'node:net';

/**
 * Normalizes an IP address for Unkey's allow lists, which compare exactly: a dual-stack socket reports the IPv4 address
 * `10.0.0.1` as `::ffff:10.0.0.1`. Returns `unknown` for anything that is not an address, which is in no allow list.
 * Without an address, Unkey would check the one of this server.
 */
export function knownAddress(address: unknown): string {
  const text = typeof address === 'string' ? address.replace(/^::ffff:(?=\d+\.)/i, '') : '';
  return isIP(text) === 0 ? 'unknown' : text;
}
