import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  status,
  type Metadata,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
} from '@grpc/grpc-js';
import { Controller, Injectable, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import {
  Ctx,
  GrpcMethod,
  GrpcStreamCall,
  GrpcStreamMethod,
  Payload,
  RpcException,
} from '@nestjs/microservices';
import {
  CHANNELS,
  Credits,
  fromCookie,
  fromHeader,
  fromPayload,
  getVerifiedKey,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  type UnkeyException,
  type UnkeyModuleOptions,
  type VerifyOptions,
} from 'nestjs-unkey';
import { from, map, toArray, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { useUnkey } from '../support/unkey.js';
import { GrpcClient, grpcOptions, metadata, protoFile } from './support/grpc.js';
import { startMicroservice } from './support/microservice.js';

interface Query {
  text: string;
}
interface Document extends Query {
  keyId?: string;
}

const ran: string[] = [];

/** Another guard of the app, which waits for something. */
@Injectable()
class SlowGuard implements CanActivate {
  async canActivate() {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    return true;
  }
}

/** Asks something else than the built-in guard, so that both of them wait for Unkey. */
@Injectable()
class PartnerGuard extends UnkeyGuard {
  protected override verify(key: string, options: VerifyOptions, context: ExecutionContext) {
    return super.verify(key, { ...options, tags: ['partner'] }, context);
  }
}

@UseGuards(UnkeyGuard)
@Controller()
class Documents {
  @UseGuards(UnkeyGuard)
  @GrpcMethod('Documents', 'Read')
  read(@Payload() { text }: Query, @UnkeyKey('keyId') keyId: string): Document {
    ran.push('Read');
    return { text, keyId };
  }

  @Credits(2)
  @GrpcMethod('Documents', 'List')
  list(@Payload() { text }: Query, @UnkeyKey('keyId') keyId: string): Observable<Document> {
    ran.push('List');
    return from(text.split('')).pipe(map((letter) => ({ text: letter, keyId })));
  }

  @GrpcStreamMethod('Documents', 'Count')
  count(@Payload() messages: Observable<Query>, @UnkeyKey('keyId') keyId: string): Observable<Document> {
    ran.push('Count');
    return messages.pipe(
      toArray(),
      map((queries) => ({ text: queries.map(({ text }) => text).join(''), keyId })),
    );
  }

  @UseGuards(PartnerGuard)
  @GrpcStreamMethod('Documents', 'Watch')
  watch(@Payload() messages: Observable<Query>, @UnkeyKey('keyId') keyId: string): Observable<Document> {
    ran.push('Watch');
    return messages.pipe(map(({ text }) => ({ text, keyId })));
  }

  @GrpcStreamCall('Documents', 'CountCall')
  countCall(
    @Payload() call: ServerReadableStream<Query, Document>,
    @Ctx() answer: sendUnaryData<Document>,
    @UnkeyKey('keyId') keyId: string,
  ): void {
    ran.push('CountCall');
    let all = '';
    call.on('data', ({ text }: Query) => (all += text));
    call.on('end', () => answer(null, { text: all, keyId }));
  }

  @UseGuards(PartnerGuard)
  @GrpcStreamCall('Documents', 'WatchCall')
  watchCall(@Payload() call: ServerDuplexStream<Query, Document>, @UnkeyKey('keyId') keyId: string): void {
    ran.push('WatchCall');
    call.on('data', ({ text }: Query) => call.write({ text, keyId }));
    call.on('end', () => call.end());
  }
}

const server = useUnkey();
const verifications = () =>
  server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

async function start(options: UnkeyModuleOptions = {}, controller: new () => unknown = Documents) {
  ran.length = 0;
  const file = protoFile('documents.proto');
  const grpc = grpcOptions(file, 'documents');
  const { log } = await startMicroservice(grpc, {
    imports: [UnkeyModule.forRoot({ ...server.options, breaker: false, ...options })],
    controllers: [controller],
  });
  const client = new GrpcClient(grpc.options.url, file, 'documents.Documents');
  onTestFinished(() => client.close());
  return { client, log };
}

/** Nest leaves rejections of some handlers unhandled, which ends a process that does not listen for them. */
const unhandled: unknown[] = [];
const remember = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', remember);
});
afterEach(() => void process.off('unhandledRejection', remember));

const METHODS: [method: string, answers: string[], verifications: number][] = [
  ['Read', ['a'], 1],
  ['List', ['a'], 1],
  ['Count', ['abc'], 1],
  ['Watch', ['a', 'b', 'c'], 2],
  ['CountCall', ['abc'], 1],
  ['WatchCall', ['a', 'b', 'c'], 2],
];
const MESSAGES = [{ text: 'a' }, { text: 'b' }, { text: 'c' }];

describe.each(METHODS)('the gRPC method %s', (method, texts, asked) => {
  it('runs with a valid key, and loses no message during the verification', async () => {
    const { client } = await start();
    const { key, keyId } = await server.unkey.createKey({});
    server.unkey.fail({ latency: 50 });
    const { answers, code } = await client.call(method, MESSAGES, metadata({ 'x-api-key': key }));
    expect({ answers, code }).toEqual({ answers: texts.map((text) => ({ text, keyId })), code: 0 });
    expect(verifications()).toBe(asked);
  });

  it.each<[string, number, { 'unkey-code': string; 'retry-after'?: string }, UnkeyModuleOptions]>([
    ['no key', 16, { 'unkey-code': 'MISSING_KEY' }, {}],
    ['unknown', 16, { 'unkey-code': 'NOT_FOUND' }, {}],
    ['unknown, by option 403', 7, { 'unkey-code': 'NOT_FOUND' }, { statuses: { NOT_FOUND: 403 } }],
    ['unknown, by option 418', 9, { 'unkey-code': 'NOT_FOUND' }, { statuses: { NOT_FOUND: 418 } }],
    ['no permission', 7, { 'unkey-code': 'INSUFFICIENT_PERMISSIONS' }, { permissions: 'documents.read' }],
    ['no credits', 8, { 'unkey-code': 'USAGE_EXCEEDED' }, {}],
    [
      'no credits, by option 402',
      8,
      { 'unkey-code': 'USAGE_EXCEEDED' },
      { statuses: { USAGE_EXCEEDED: 402 } },
    ],
    ['outage', 14, { 'unkey-code': 'UNKEY_UNAVAILABLE', 'retry-after': '1' }, {}],
    ['our fault', 13, { 'unkey-code': 'UNKEY_MISCONFIGURED' }, {}],
  ])(
    'refuses "%s" with status %i and the code in the trailers',
    async (situation, status, trailers, options) => {
      const { client, log } = await start(options);
      const credits = situation.startsWith('no credits') ? { credits: { remaining: 0 } } : {};
      const { key } = await server.unkey.createKey(credits);
      if (situation === 'outage') server.unkey.fail({ status: 500 });
      if (situation === 'our fault') server.unkey.fail({ status: 403 });
      const sent = situation.startsWith('unknown') ? 'unknown_key' : key;
      const outcome = await client.call(
        method,
        MESSAGES,
        metadata(situation === 'no key' ? {} : { 'x-api-key': sent }),
      );
      expect(outcome).toMatchObject({ answers: [], code: status });
      expect(outcome.details).toMatch(/^\w.*\.$/);
      expect(outcome.trailers).toMatchObject(trailers);
      expect(Object.keys(outcome.trailers)).not.toContain('x-api-key');
      expect(ran).toEqual([]);
      expect(JSON.stringify([outcome, log.lines])).not.toContain(sent);

      server.unkey.reset();
      const good = await server.unkey.createKey({ permissions: ['documents.read'] });
      expect(await client.call(method, MESSAGES, metadata({ 'x-api-key': good.key }))).toMatchObject({
        code: 0,
      });
      expect(unhandled).toEqual([]);
    },
  );

  it.each<[string, Record<string, string | string[]>, number, string | undefined]>([
    ['an equal value twice is one', { 'x-api-key': ['KEY', 'KEY'] }, 0, undefined],
    ['values that differ', { 'x-api-key': ['KEY', 'other'] }, 16, 'MALFORMED_KEY'],
    ['a name in any case', { 'X-API-Key': 'KEY' }, 0, undefined],
    ['a bearer token', { authorization: 'Bearer KEY' }, 0, undefined],
    ['a cookie is not read', { cookie: 'key=KEY' }, 16, 'MISSING_KEY'],
  ])('metadata: %s', async (_, entries, status, code) => {
    const { client } = await start({
      keyFrom: [fromHeader('x-api-key'), fromHeader('authorization'), fromCookie('key')],
    });
    const { key } = await server.unkey.createKey({});
    const sent = Object.entries(entries).map(([name, values]) => [
      name,
      [values].flat().map((value) => value.replace('KEY', key).replace('Bearer ', '')),
    ]);
    const outcome = await client.call(method, MESSAGES, metadata(Object.fromEntries(sent)));
    expect([outcome.code, outcome.trailers['unkey-code']]).toEqual([status, code]);
  });
});

describe('the payload of a gRPC call', () => {
  it.each([
    ['Read', 0],
    ['List', 0],
    ['Count', 16],
    ['Watch', 16],
    ['CountCall', 16],
    ['WatchCall', 16],
  ])('%s: status %i, since a stream has none', async (method, status) => {
    const { client } = await start({ keyFrom: fromPayload('auth.key') });
    const { key } = await server.unkey.createKey({});
    expect(await client.call(method, [{ text: 'a', auth: { key } }])).toMatchObject({ code: status });
  });
});

describe('many calls at once', () => {
  it.each(METHODS)('%s: each sees its own key', async (method) => {
    const { client } = await start({ cache: true });
    const keys = await Promise.all(Array.from({ length: 10 }, () => server.unkey.createKey({})));
    const calls = Array.from({ length: 200 }, (_, n) => keys[n % 10] ?? { key: '', keyId: '' });
    const outcomes = await Promise.all(
      calls.map(({ key }) => client.call(method, [{ text: 'a' }], metadata({ 'x-api-key': key }))),
    );
    expect(outcomes.map(({ answers }) => answers)).toEqual(calls.map(({ keyId }) => [{ text: 'a', keyId }]));
  });
});

describe('a @GrpcStreamCall() that a guard does not let through', () => {
  const failing = (step: () => never): UnkeyModuleOptions => ({ skipIf: step });

  it.each<[string, UnkeyModuleOptions, number, string]>([
    [
      'because a step throws an error of another kind',
      failing(() => {
        throw new Error('broken');
      }),
      13,
      'Internal server error',
    ],
    [
      'because a step throws no error at all',
      failing(() => {
        throw undefined;
      }),
      13,
      'Internal server error',
    ],
    [
      'because a step throws an RpcException of an object',
      failing(() => {
        throw new RpcException({ code: 5, message: 'not here' });
      }),
      5,
      'not here',
    ],
    [
      'because a step throws an RpcException of a text',
      failing(() => {
        throw new RpcException('not here');
      }),
      2,
      'not here',
    ],
  ])('%s ends with a status, and the process lives', async (_, options, code, details) => {
    const { client, log } = await start(options);
    for (const method of ['CountCall', 'WatchCall']) {
      expect(await client.call(method, MESSAGES)).toMatchObject({ answers: [], code, details });
    }
    expect(unhandled).toEqual([]);
    expect(ran).toEqual([]);
    expect(log.of('error').length > 0).toBe(code === 13);
  });

  it.each<[string, (denial: UnkeyException) => void, number]>([
    ['returns', () => undefined, 7],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      13,
    ],
  ])('because the deny() of a subclass %s', async (_, deny, code) => {
    @Injectable()
    class OwnGuard extends UnkeyGuard {
      protected override deny(denial: UnkeyException): never {
        return deny(denial) as never;
      }
    }
    @UseGuards(OwnGuard)
    @Controller()
    class Calls {
      @GrpcStreamCall('Documents', 'WatchCall')
      watchCall() {
        ran.push('WatchCall');
      }
    }
    const { client } = await start({}, Calls);
    expect(await client.call('WatchCall', MESSAGES)).toMatchObject({ answers: [], code });
    expect(unhandled).toEqual([]);
    expect(ran).toEqual([]);
  });
});

async function reached(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves once a verification has ended, and the guard has dealt with that. */
async function verificationEnd(): Promise<void> {
  await new Promise<unknown>((resolve) => {
    const listener = (message: unknown) => {
      unsubscribe(CHANNELS.verificationEnd, listener);
      resolve(message);
    };
    subscribe(CHANNELS.verificationEnd, listener);
  });
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a client that cancels during the verification', () => {
  it.each(METHODS)('%s: the process lives, and serves others', async (method) => {
    const { client } = await start({ timeout: 300 });
    const ended = verificationEnd();
    const { key } = await server.unkey.createKey({});
    const fault = server.unkey.fail({ hang: true });
    const gaveUp = client.call(method, MESSAGES, metadata({ 'x-api-key': key }), (call) => {
      void reached(() => verifications() === 1).then(() => call.cancel());
    });
    expect(await gaveUp).toMatchObject({ answers: [], code: status.CANCELLED });
    await ended;
    fault.clear();
    expect(await client.call(method, MESSAGES, metadata({ 'x-api-key': key }))).toMatchObject({ code: 0 });
    expect(unhandled).toEqual([]);
    expect(ran).toEqual([method]);
  });
});

describe('a stream behind other guards of the app', () => {
  it('keeps its messages and their order', async () => {
    @UseGuards(SlowGuard, UnkeyGuard, PartnerGuard)
    @Controller()
    class Streams {
      @GrpcStreamMethod('Documents', 'Watch')
      watch(messages: Observable<Query>): Observable<Document> {
        return messages.pipe(map(({ text }) => ({ text })));
      }
    }
    const { client } = await start({}, Streams);
    const { key } = await server.unkey.createKey({});
    const letters = 'abcdefghijklmnopqrstuvwxyz'.split('').map((text) => ({ text }));
    const { answers } = await client.call('Watch', letters, metadata({ 'x-api-key': key }));
    expect(answers).toEqual(letters);
  });
});

describe('getVerifiedKey()', () => {
  it('works where the arguments of the handler are as Nest gives them', async () => {
    @UseGuards(UnkeyGuard)
    @Controller()
    class Plain {
      @GrpcMethod('Documents', 'Read')
      read(query: Query, received: Metadata): Document {
        return { text: `${query.text} ${String(received.get('trace')[0])}` };
      }
    }
    const { client } = await start({}, Plain);
    const { key } = await server.unkey.createKey({});
    const outcome = await client.call('Read', [{ text: 'a' }], metadata({ 'x-api-key': key, trace: 't1' }));
    expect(outcome.answers).toEqual([{ text: 'a t1' }]);
    expect(getVerifiedKey({})).toBeUndefined();
  });
});
