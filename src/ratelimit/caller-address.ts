import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** How many bits of an IPv6 address name a network: a caller can usually choose the rest freely. */
const NETWORK_BITS = 64;

/**
 * Returns the identifier of a caller's address: `ip:203.0.113.7`, or `ip:2001:db8:1:2::/64` for IPv6. An IPv4 address
 * that is mapped to IPv6 counts as IPv4. `undefined` if the address is not known.
 */
export function addressIdentifier(address: unknown): string | undefined {
  const text = typeof address === 'string' ? address.replace(/%.*$/, '') : '';
  const version = isIP(text);
  if (version === 0) return undefined;
  if (version === 4) return `ip:${text}`;
  const parsed = ipaddr.IPv6.parse(text);
  if (parsed.isIPv4MappedAddress()) return `ip:${parsed.toIPv4Address().toString()}`;
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${text}/${NETWORK_BITS}`);
  return `ip:${network.toRFC5952String()}/${NETWORK_BITS}`;
}
