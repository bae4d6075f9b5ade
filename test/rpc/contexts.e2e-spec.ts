import { headers as natsHeaders } from '@nats-io/nats-core';
import {
  KafkaContext,
  MqttContext,
  NatsContext,
  RedisContext,
  RmqContext,
  TcpContext,
} from '@nestjs/microservices';
import { describe, expect, it } from 'vitest';
import { RpcPlaces } from '../../src/transports/rpc/rpc-places.js';
import { IS_NEST_12 } from './support/microservice.js';

/** Contexts as Nest's servers make them; each server passes more arguments than these. */
const make = <T>(Context: new (args: never) => T, ...args: unknown[]): T => new Context(args as never);

const nats = (...entries: [string, string][]) => {
  const headers = natsHeaders();
  for (const [name, value] of entries) headers.append(name, value);
  return make(NatsContext, 'documents', headers);
};
const kafka = (headers: unknown) => make(KafkaContext, { headers, value: 'a' }, 0, 'documents');
const rmq = (headers: unknown) => make(RmqContext, { properties: { headers } }, {}, 'documents');
const mqtt = (properties: unknown) => make(MqttContext, 'documents', { properties });
const tcp = (metadata: unknown) => make(TcpContext, {}, 'documents', metadata);
const redis = (metadata: unknown) => make(RedisContext, 'documents', metadata);

const DIFFERENT = ['a', 'b'];

describe('the values of the header x-api-key in a message', () => {
  it.each<[string, unknown, string[]]>([
    ['NATS: one', nats(['x-api-key', 'a']), ['a']],
    ['NATS: in any case', nats(['X-Api-Key', 'a']), ['a']],
    ['NATS: several', nats(['x-api-key', 'a'], ['x-api-key', 'b']), DIFFERENT],
    ['NATS: several of different case', nats(['x-api-key', 'a'], ['X-API-KEY', 'b']), DIFFERENT],
    ['NATS: a message without headers', make(NatsContext, 'documents', undefined), []],
    ['Kafka: a text', kafka({ 'x-api-key': 'a' }), ['a']],
    ['Kafka: bytes', kafka({ 'x-api-key': Buffer.from('a') }), ['a']],
    ['Kafka: a list of both', kafka({ 'x-api-key': ['a', Buffer.from('b')] }), DIFFERENT],
    ['Kafka: several of different case', kafka({ 'x-api-key': 'a', 'X-API-KEY': 'b' }), DIFFERENT],
    ['Kafka: a message without headers', kafka(undefined), []],
    ['RMQ: a text', rmq({ 'X-Api-Key': 'a' }), ['a']],
    ['RMQ: a list', rmq({ 'x-api-key': ['a', 'b'] }), DIFFERENT],
    ['RMQ: a number, which is no key', rmq({ 'x-api-key': 7 }), ['not a text']],
    ['RMQ: a table, which is no key', rmq({ 'x-api-key': { a: 'b' } }), ['not a text']],
    ['RMQ: null', rmq({ 'x-api-key': null }), []],
    ['RMQ: a message without headers', rmq(undefined), []],
    ['MQTT 5: a user property', mqtt({ userProperties: { 'x-api-key': 'a' } }), ['a']],
    ['MQTT 5: several', mqtt({ userProperties: { 'x-api-key': ['a', 'b'] } }), DIFFERENT],
    ['MQTT 5: none', mqtt({}), []],
    ['MQTT 3', mqtt(undefined), []],
    ['TCP: metadata, on Nest 12', tcp({ 'x-api-key': 'a' }), IS_NEST_12 ? ['a'] : []],
    ['Redis: metadata, on Nest 12', redis({ 'x-api-key': 'a' }), IS_NEST_12 ? ['a'] : []],
    ['TCP: no metadata', tcp(undefined), []],
    ['a context of a custom transport', { getHeaders: () => new Map([['x-api-key', 'a']]) }, ['a']],
    ['no context at all', undefined, []],
  ])('%s', (_, context, values) => {
    const places = new RpcPlaces([{ text: 'a' }, context]);
    expect(places.header('X-Api-Key')).toEqual(values);
    expect(places.query()).toEqual([]);
  });

  it('a cookie is none, wherever a client puts it', () => {
    for (const context of [nats(['cookie', 'a=b']), kafka({ cookie: 'a=b' }), rmq({ cookie: 'a=b' })]) {
      expect(new RpcPlaces([{}, context]).header('Cookie')).toEqual([]);
    }
  });
});

describe('the payload of a message', () => {
  it.each<[string, unknown, string[], string[]]>([
    ['a property', { key: 'a' }, ['key'], ['a']],
    ['a property of a property', { auth: { key: 'a' } }, ['auth', 'key'], ['a']],
    ['an item of a list', { keys: ['a', 'b'] }, ['keys', '1'], ['b']],
    ['bytes', { key: Buffer.from('a') }, ['key'], ['a']],
    ['a missing property', {}, ['key'], []],
    ['an inherited property', Object.create({ key: 'a' }), ['key'], []],
    ['an object in place of a text', { key: {} }, ['key'], ['not a text']],
    ['no data', undefined, ['key'], []],
  ])('%s', (_, data, path, values) => {
    expect(new RpcPlaces([data, tcp(undefined)]).payload(path)).toEqual(values);
  });

  it('a stream has none', () => {
    const stream = { key: 'a', subscribe: () => undefined };
    expect(new RpcPlaces([stream, {}]).payload(['key'])).toEqual([]);
  });
});
