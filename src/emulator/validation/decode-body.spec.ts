import { describe, expect, test } from 'vitest';
import { decodeBody, UndecodableBody } from './decode-body.js';
import type { Shape } from './shape.js';

const limits: Shape = [{ name: 's', cost: 'i', limit: 'i' }];
const shape: Shape = {
  key: 's',
  limits,
  meta: '*',
  credits: { remaining: 'l', refill: { amount: 'l', interval: 's' } },
  replacedMeta: ['=', '*'],
  replaced: ['=', { remaining: 'l', refill: ['=', { amount: 'l' }] }],
};

describe('a repeated member', () => {
  test.for<[what: string, json: string, decoded: object]>([
    ['scalars: the last one counts', '{"key":"a","key":"b"}', { key: 'b' }],
    [
      'objects are merged',
      '{"credits":{"remaining":5,"refill":{"amount":3,"interval":"daily"}},"credits":{"remaining":7,"refill":{"amount":4}}}',
      { credits: { remaining: 7, refill: { amount: 4, interval: 'daily' } } },
    ],
    [
      'free objects are merged, their members replaced',
      '{"meta":{"a":{"x":1},"b":1},"meta":{"a":{"y":1}}}',
      { meta: { a: { y: 1 }, b: 1 } },
    ],
    [
      'objects that may be null are replaced',
      '{"replaced":{"remaining":1,"refill":{"amount":1}},"replaced":{"remaining":2},"replacedMeta":{"a":1},"replacedMeta":{"b":1}}',
      { replaced: { remaining: 2 }, replacedMeta: { b: 1 } },
    ],
    [
      'items of lists are merged with the one at the same place',
      '{"limits":[{"name":"a","limit":1},{"name":"b"}],"limits":[{"name":"c","cost":2}]}',
      { limits: [{ name: 'c', limit: 1, cost: 2 }] },
    ],
    [
      'a shorter list in between changes nothing for the longer one after it',
      '{"limits":[{"name":"a","limit":1},{"name":"b","limit":2}],"limits":[{"name":"x"}],"limits":[{"name":"y"},{"name":"z"},{"name":"w"}]}',
      { limits: [{ name: 'y', limit: 1 }, { name: 'z', limit: 2 }, { name: 'w' }] },
    ],
    [
      'an empty list begins anew',
      '{"limits":[{"limit":1}],"limits":[],"limits":[{"name":"y"}]}',
      { limits: [{ name: 'y' }] },
    ],
    [
      'null begins anew',
      '{"limits":[{"limit":1}],"limits":null,"limits":[{"name":"y"}]}',
      { limits: [{ name: 'y' }] },
    ],
    [
      'an item that is null stays',
      '{"limits":[{"name":"a","limit":1}],"limits":[null],"limits":[{"cost":1}]}',
      { limits: [{ name: 'a', limit: 1, cost: 1 }] },
    ],
  ])('%s', ([, json, decoded]) => {
    expect(decodeBody(json, shape)).toEqual(decoded);
  });
});

describe('letter case of members', () => {
  test.for<[json: string, decoded: object]>([
    ['{"KEY":"a"}', { key: 'a' }],
    ['{"key":"a","Key":"b"}', { key: 'b' }],
    ['{"Key":"b","key":"a"}', { key: 'a' }],
    ['{"\\u212aey":"kelvin"}', { key: 'kelvin' }],
    ['{"limit\\u017f":[{"co\\u017ft":2}]}', { limits: [{ cost: 2 }] }],
    ['{"META":{"A":1},"meta":{"a":2}}', { meta: { A: 1, a: 2 } }],
    ['{"other":1}', {}],
  ])('%s', ([json, decoded]) => {
    expect(decodeBody(json, shape)).toEqual(decoded);
  });

  test.for(['{"LIMITS":[{"LIMIT":"x"}]}', '{"Key":5}', '{"key":"a","META":[]}'])(
    '%s has the wrong type',
    (json) => {
      expect(() => decodeBody(json, shape)).toThrow(UndecodableBody);
    },
  );
});
