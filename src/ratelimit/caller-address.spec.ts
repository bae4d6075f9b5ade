import { describe, expect, it } from 'vitest';
import { addressIdentifier } from './caller-address.js';

describe('the identifier of an address', () => {
  it.each([
    ['203.0.113.7', 'ip:203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', 'ip:2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', 'ip:2001:db8:1:2::/64'],
    ['2001:db8::', 'ip:2001:db8::/64'],
    ['::1', 'ip:::/64'],
    ['fe80::1%eth0', 'ip:fe80::/64'],
    ['::ffff:203.0.113.7', 'ip:203.0.113.7'],
    ['::FFFF:203.0.113.7', 'ip:203.0.113.7'],
    ['::ffff:cb00:7107', 'ip:203.0.113.7'],
  ])('%s is %s', (address, identifier) => {
    expect(addressIdentifier(address)).toBe(identifier);
  });

  it.each([
    undefined,
    null,
    '',
    'unknown',
    '127.1',
    '0x7f.0.0.1',
    '203.0.113.7:80',
    '203.0.113.7, 10.0.0.1',
    7,
    {},
  ])('%j is no address', (address) => {
    expect(addressIdentifier(address)).toBeUndefined();
  });
});
