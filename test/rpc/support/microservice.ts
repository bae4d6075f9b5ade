import type { Server } from 'node:net';
import { Module, type INestMicroservice, type ModuleMetadata, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { catchError, lastValueFrom, of, type Observable } from 'rxjs';
import { onTestFinished } from 'vitest';
import { LogLines } from '../../support/app.js';

export const IS_NEST_12 = process.env['NEST_MAJOR'] === '12';

export interface Microservice {
  app: INestMicroservice;
  log: LogLines;
}

/** Boots an app without HTTP and closes it when the test has ended. */
export async function startMicroservice(
  options: MicroserviceOptions,
  metadata: ModuleMetadata,
): Promise<Microservice> {
  const microservice = await bootMicroservice(options, metadata);
  onTestFinished(() => microservice.app.close());
  return microservice;
}

/** The same for a caller that closes the app itself. */
export async function bootMicroservice(
  options: MicroserviceOptions,
  metadata: ModuleMetadata,
): Promise<Microservice> {
  const log = new LogLines();
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(rootModule(metadata), {
    ...options,
    logger: log,
    abortOnError: false,
  });
  await app.listen();
  return { app, log };
}

export const TCP = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } } as const;

/** How to reach a TCP server, which listens on a free port. */
export function addressOf(server: { unwrap<T>(): T }): { host: string; port: number } {
  const address = server.unwrap<Server>().address();
  return {
    host: '127.0.0.1',
    port: typeof address === 'object' && address !== null ? address.port : 0,
  };
}

/** A client that is closed when the test has ended; see {@link openClient}. */
export function microserviceClient(...args: Parameters<typeof openClient>): ClientProxy {
  const client = openClient(...args);
  onTestFinished(() => void client.close());
  return client;
}

/**
 * A client that sends `metadata` with each packet. Nest 12 has a hook for that (`setOnDispatchHook`); a serializer
 * writes the same packets on both majors.
 */
export function openClient(
  transport: Transport.TCP | Transport.REDIS,
  address: { host: string; port: number },
  metadata?: unknown,
): ClientProxy {
  const serializer = {
    serialize: (packet: object) => (metadata === undefined ? packet : { ...packet, metadata }),
  };
  const options = { ...address, serializer };
  return transport === Transport.TCP
    ? ClientProxyFactory.create({ transport, options })
    : ClientProxyFactory.create({ transport, options });
}

/** What one call gave the client: the answer, or the error in its place. */
export function outcome(answer: Observable<unknown>): Promise<unknown> {
  return lastValueFrom(answer.pipe(catchError((error: unknown) => of({ refused: error }))));
}

export function rootModule(metadata: ModuleMetadata): Type {
  class RootModule {}
  Module(metadata)(RootModule);
  return RootModule;
}
