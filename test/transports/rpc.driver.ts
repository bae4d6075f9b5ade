import { fileURLToPath } from 'node:url';
import { Controller } from '@nestjs/common';
import { GrpcMethod, MessagePattern, Transport } from '@nestjs/microservices';
import { fromPayload } from 'nestjs-unkey';
import { GrpcClient, grpcOptions, metadata } from '../rpc/support/grpc.js';
import {
  addressOf,
  bootMicroservice,
  IS_NEST_12,
  openClient,
  outcome,
  TCP,
} from '../rpc/support/microservice.js';
import { freePort, hasRedis, RedisProcess } from '../support/redis.js';
import type { ContractParts, HandlerName, Outcome, RunningContract, TransportDriver } from './contract.js';

/** Packets of Nest 11 have no metadata, so the key stands in the data there. */
const options = IS_NEST_12 ? {} : { keyFrom: fromPayload('key') };

const tcpDriver: TransportDriver = {
  name: 'TCP',
  options,
  async start({ imports, handlers }) {
    const { app } = await bootMicroservice(TCP, { imports: [...imports], controllers: [messages(handlers)] });
    return {
      call: (handler, key) => call(Transport.TCP, addressOf(app), handler, key),
      close: () => app.close(),
    };
  },
};

const redisDriver: TransportDriver = {
  name: 'Redis',
  options,
  async start({ imports, handlers }) {
    const address = { host: '127.0.0.1', port: await freePort() };
    const redis = new RedisProcess(address.port);
    await redis.start();
    const { app } = await bootMicroservice(
      { transport: Transport.REDIS, options: address },
      { imports: [...imports], controllers: [messages(handlers)] },
    );
    return {
      call: (handler, key) => call(Transport.REDIS, address, handler, key),
      async close() {
        await app.close();
        await redis.kill();
      },
    };
  },
};

const grpcDriver: TransportDriver = {
  name: 'gRPC',
  passesNoStatus: true,
  start: startGrpc,
};

export const rpcDrivers: readonly TransportDriver[] = [
  tcpDriver,
  grpcDriver,
  ...(hasRedis ? [redisDriver] : []),
];

function messages(handlers: ContractParts['handlers']) {
  const controller = handlers((name) => MessagePattern(name));
  Controller()(controller);
  return controller;
}

async function call(
  transport: Transport.TCP | Transport.REDIS,
  address: { host: string; port: number },
  handler: HandlerName,
  key: string | undefined,
): Promise<Outcome> {
  const headers = key === undefined ? undefined : { 'x-api-key': key };
  const client = openClient(transport, address, headers);
  try {
    const answer = await outcome(client.send(handler, IS_NEST_12 ? {} : { key }));
    const received = JSON.stringify(answer);
    if (!isRefusal(answer)) return { answer, received };
    const { code, statusCode, retryAfter } = answer.refused;
    return { refusal: { code, status: statusCode, retryAfter }, received };
  } finally {
    await client.close();
  }
}

function isRefusal(answer: unknown): answer is { refused: Record<string, unknown> } {
  return typeof answer === 'object' && answer !== null && 'refused' in answer;
}

async function startGrpc({ imports, handlers }: ContractParts): Promise<RunningContract> {
  const file = fileURLToPath(new URL('contract.proto', import.meta.url));
  const grpc = grpcOptions(file, 'contract');
  const controller = handlers(
    (name) => GrpcMethod('Contract', name),
    (value) => ({ json: JSON.stringify(value) }),
  );
  Controller()(controller);
  const { app } = await bootMicroservice(grpc, { imports: [...imports], controllers: [controller] });
  return {
    async call(handler, key) {
      const client = new GrpcClient(grpc.options.url, file, 'contract.Contract');
      const sent = metadata(key === undefined ? {} : { 'x-api-key': key });
      const received = await client.call(handler, [{}], sent);
      client.close();
      const [answer] = received.answers;
      const text = JSON.stringify(received);
      if (answer !== undefined)
        return { answer: JSON.parse((answer as { json: string }).json), received: text };
      const { 'unkey-code': code, 'retry-after': seconds } = received.trailers;
      return {
        refusal: { code, ...(seconds === undefined ? {} : { retryAfter: Number(seconds) }) },
        received: text,
      };
    },
    close: () => app.close(),
  };
}
