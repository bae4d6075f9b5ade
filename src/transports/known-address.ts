import { isIP } from 'node:net';

/**
 * An address as Unkey's allow lists have it, which are compared letter by letter: an IPv4 address that a socket of
 * both families reports as `::ffff:10.0.0.1` is `10.0.0.1`. What is no address is `unknown`: no allow list has it,
 * whereas without any Unkey would take the address of this server.
 */
export function knownAddress(address: unknown): string {
  const text = typeof address === 'string' ? address.replace(/^::ffff:(?=\d+\.)/i, '') : '';
  return isIP(text) === 0 ? 'unknown' : text;
}
