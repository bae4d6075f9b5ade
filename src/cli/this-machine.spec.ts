import { describe, expect, test } from 'vitest';
import { hostRefusal, isLoopback } from './this-machine.js';

describe('a Host header names this machine', () => {
  const refusal = hostRefusal(['Unkey.Internal']);

  test.for([
    'localhost',
    'LOCALHOST:7070',
    'localhost.',
    'app.localhost',
    '127.0.0.1:1',
    '127.8.8.8',
    '[::1]',
    '[::1]:7070',
    'unkey.internal:7070',
  ])('%s does', (host) => {
    expect(refusal(host)).toBeUndefined();
  });

  test.for([
    'evil.example',
    'evil.example:7070',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'unkey.internal.evil.example',
    '192.168.0.1',
    '0.0.0.0',
    '[::2]',
    '',
    undefined,
  ])('%s does not', (host) => {
    expect(refusal(host)).toMatch(
      /^The Host header names '.*', not this machine\. Start with --allow-host \S+, or/,
    );
  });
});

test.for<[address: string, expected: boolean]>([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.0.1', false],
  ['127.0.0.1.example', false],
])('the address %s is reachable from this machine alone: %s', ([address, expected]) => {
  expect(isLoopback(address)).toBe(expected);
});
