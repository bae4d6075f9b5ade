import type { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Client, credentials, Metadata, type MethodDefinition, type StatusObject } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Transport, type GrpcOptions } from '@nestjs/microservices';

/** What a client of a gRPC method received. */
export interface GrpcOutcome {
  readonly answers: object[];
  readonly code: number;
  readonly details: string;
  readonly trailers: Record<string, unknown>;
}

/** A server on a Unix socket of its own, so that no port can be taken. */
export function grpcOptions(
  protoFile: string,
  packageName: string,
): GrpcOptions & { options: { url: string } } {
  const url = `unix:${join(mkdtempSync(join(tmpdir(), 'nestjs-unkey-grpc-')), 'socket')}`;
  return { transport: Transport.GRPC, options: { url, package: packageName, protoPath: protoFile } };
}

export const protoFile = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

type Definition = MethodDefinition<object, object>;

/** A client that knows the methods of one service. */
export class GrpcClient {
  readonly #client: Client;
  readonly #methods: Record<string, Definition>;

  constructor(url: string, file: string, service: string) {
    this.#client = new Client(url, credentials.createInsecure());
    this.#methods = loadSync(file)[service] as unknown as Record<string, Definition>;
  }

  close(): void {
    this.#client.close();
  }

  /**
   * Calls a method with one message or, if its client streams, with all of them at once.
   *
   * @param started gets the call once it is under way
   */
  call(
    method: string,
    messages: object[],
    sent: Metadata = new Metadata(),
    started: (call: { cancel(): void }) => void = () => {},
  ): Promise<GrpcOutcome> {
    const definition = this.#methods[method];
    if (definition === undefined) throw new Error(`no method ${method}`);
    const answers: object[] = [];
    const answered = (_: unknown, answer?: object) => void (answer && answers.push(answer));
    return new Promise((resolve) => {
      const call = this.#open(definition, messages, sent, answered);
      const ended = ({ code, details, metadata: trailers }: StatusObject) =>
        resolve({ answers, code, details, trailers: trailers.getMap() });
      call.on('error', () => undefined);
      if (call instanceof Readable) {
        call.on('data', (answer: object) => answers.push(answer));
        // The status may come before the last answers are read.
        const closed = new Promise((close) => call.on('close', close));
        call.on('status', (status: StatusObject) => void closed.then(() => ended(status)));
      } else {
        call.on('status', ended);
      }
      started(call);
    });
  }

  #open(
    { path, requestSerialize, responseDeserialize, requestStream, responseStream }: Definition,
    messages: object[],
    sent: Metadata,
    answered: (error: unknown, answer?: object) => void,
  ): OpenCall {
    const [message = {}] = messages;
    const at = [path, requestSerialize, responseDeserialize] as const;
    if (!requestStream) {
      return responseStream
        ? this.#client.makeServerStreamRequest(...at, message, sent)
        : this.#client.makeUnaryRequest(...at, message, sent, answered);
    }
    const call = responseStream
      ? this.#client.makeBidiStreamRequest(...at, sent)
      : this.#client.makeClientStreamRequest(...at, sent, answered);
    for (const one of messages) call.write(one);
    call.end();
    return call;
  }
}

type OpenCall = EventEmitter & { cancel(): void };

/** Metadata of these entries; a list gives several values of one name. */
export function metadata(entries: Record<string, string | string[]>): Metadata {
  const made = new Metadata();
  for (const [name, values] of Object.entries(entries)) {
    for (const value of [values].flat()) made.add(name, value);
  }
  return made;
}
