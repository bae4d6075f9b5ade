import { property } from '../property.js';
import { textOf, textsOf } from '../text-of.js';
import { metadataOf, type GrpcMetadata } from './grpc.js';

const LEGAL_METADATA_NAME = /^[\w.-]+$/;

/** Returns the values of a case-insensitive header of a message, if its transport has headers. */
export function headerValues(args: readonly unknown[], name: string): readonly string[] {
  const metadata = metadataOf(args);
  if (metadata !== undefined) return metadataValues(metadata, name);
  const wanted = name.toLowerCase();
  return headersOf(args[1]).flatMap((headers) => valuesUnder(headers, wanted));
}

/** HTTP/2 joins the values of a repeated name with `, `. A key can't contain a space. */
function metadataValues(metadata: GrpcMetadata, name: string): readonly string[] {
  // gRPC throws for other names, so clients can't send them either.
  if (!LEGAL_METADATA_NAME.test(name)) return [];
  return metadata.get(name).flatMap((value) => textOf(value).split(', '));
}

/** Checks properties, so that it also works for custom transports whose context looks like Nest's own. */
function headersOf(context: unknown): unknown[] {
  const message = result(context, 'getMessage');
  return [
    result(context, 'getMetadata'), // TCP and Redis, since Nest 12
    result(context, 'getHeaders'), // NATS
    property(message, 'headers'), // Kafka
    property(property(message, 'properties'), 'headers'), // RMQ
    property(property(result(context, 'getPacket'), 'properties'), 'userProperties'), // MQTT 5
  ];
}

function result(context: unknown, method: string): unknown {
  const read = property(context, method);
  return typeof read === 'function' ? Reflect.apply(read, context, []) : undefined;
}

function valuesUnder(headers: unknown, wanted: string): readonly string[] {
  return entriesOf(headers)
    .filter(([name]) => name.length === wanted.length && name.toLowerCase() === wanted)
    .flatMap(([, value]) => textsOf(value));
}

/** Headers are an object by name, or an iterable of names and values (NATS). */
function entriesOf(headers: unknown): [string, unknown][] {
  if (typeof headers !== 'object' || headers === null) return [];
  return isIterable(headers) ? [...headers].filter(isEntry) : Object.entries(headers);
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}

function isEntry(value: unknown): value is [string, unknown] {
  return Array.isArray(value) && typeof value[0] === 'string';
}
