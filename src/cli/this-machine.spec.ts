import { describe, expect, test } from 'vitest';
import { hostRefusal, isLoopback } from './this-machine.js';

describe('a Host header with the name of this machine is accepted', () => {
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
  ])('%s is', (host) => {
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
  ])('%s is not', (host) => {
    expect(refusal(host)).toMatch(
      /^The Host header is '.*', which is not this machine\. Start the emulator with --allow-host \S+ or/,
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
])('%s is a loopback address: %s', ([address, expected]) => {
  expect(isLoopback(address)).toBe(expected);
});
