import { describe, expect, it } from 'vitest';
import { exactValue, namedValues } from './named-values.js';

describe('namedValues: the values of a name in JSON from a client', () => {
  it.each<[string, unknown, string[]]>([
    ['its text', { 'x-api-key': 'a' }, ['a']],
    ['case-insensitively', { 'X-Api-Key': 'a', 'x-API-key': 'b' }, ['a', 'b']],
    ['nothing for another name', { 'x-api-keys': 'a' }, []],
    ['nothing for null or undefined', { 'x-api-key': null, 'X-API-KEY': undefined }, []],
    ['a text that cannot be a key for a number', { 'x-api-key': 42 }, ['not a text']],
    ['a text that cannot be a key for a list', { 'x-api-key': ['a'] }, ['not a text']],
    ['nothing if it is not an object', 'x-api-key', []],
    ['nothing if nothing was sent', undefined, []],
    ['nothing inherited', Object.create({ 'x-api-key': 'a' }), []],
  ])('%s', (_, sent, values) => {
    expect(namedValues(sent, 'X-API-key')).toEqual(values);
  });
});

describe('exactValue: the value of an exact name', () => {
  it.each<[string, unknown, string[]]>([
    ['its text', { apiKey: 'a', APIKEY: 'b' }, ['a']],
    ['nothing in another case', { apikey: 'a' }, []],
    ['nothing for null', { apiKey: null }, []],
    ['a text that cannot be a key for an object', { apiKey: {} }, ['not a text']],
    ['nothing inherited', Object.create({ apiKey: 'a' }), []],
    ['nothing if nothing was sent', null, []],
  ])('%s', (_, sent, values) => {
    expect(exactValue(sent, 'apiKey')).toEqual(values);
  });
});
