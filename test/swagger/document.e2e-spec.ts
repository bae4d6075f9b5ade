import {
  Controller,
  Get,
  Module,
  UseGuards,
  Version,
  VersioningType,
  type INestApplication,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiResponse, ApiSecurity, type OpenAPIObject } from '@nestjs/swagger';
import {
  allOf,
  anyOf,
  CheckKey,
  Credits,
  fromBearer,
  fromCookie,
  fromHandshake,
  fromHeader,
  fromPayload,
  fromQuery,
  KeyFrom,
  KeyRatelimit,
  OptionalKey,
  Public,
  Ratelimit,
  RequirePermissions,
  UnkeyGuard,
  UnkeyModule,
  UseUnkey,
  type KeySource,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describeUnkey } from 'nestjs-unkey/swagger';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, request, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { documentsOf, expectValid, needsKey, operation } from './document.js';

const server = useUnkey();

type Build = NonNullable<Parameters<typeof documentsOf>[1]>;

/** The documents of an app with a global guard and this controller. */
async function describeApp(controller: new () => object, options: UnkeyModuleOptions = {}, build?: Build) {
  const { app, url } = await startApp('express', {
    imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
    controllers: [controller],
  });
  const documents = documentsOf(app, build);
  await expectValid(documents.described);
  return { app, url, ...documents };
}

const schemesOf = ({ components }: OpenAPIObject) => components?.securitySchemes;
const securityOf = (document: OpenAPIObject, path: string) => operation(document, 'get', path).security;

@Controller('documents')
class DocumentsController {
  @Get()
  list() {
    return [];
  }

  @Public()
  @Get('open')
  open() {
    return [];
  }

  @OptionalKey()
  @Get('optional')
  optional() {
    return [];
  }
}

describe('security', () => {
  it('has the key sources as alternatives, none for public handlers, and none as one more alternative', async () => {
    const { described } = await describeApp(DocumentsController);
    const both = [{ 'unkey-x-api-key': [] }, { 'unkey-bearer': [] }];
    expect(securityOf(described, '/documents')).toEqual(both);
    expect(securityOf(described, '/documents/open')).toEqual([]);
    expect(securityOf(described, '/documents/optional')).toEqual([...both, {}]);
    expect(schemesOf(described)).toEqual({
      'unkey-x-api-key': { type: 'apiKey', in: 'header', name: 'x-api-key' },
      'unkey-bearer': { type: 'http', scheme: 'bearer' },
    });
  });

  const own: KeySource = Object.assign(() => undefined, {
    openapi: { type: 'apiKey', in: 'header', name: 'x-own', description: 'From the portal.' } as const,
  });
  const bare: KeySource = () => undefined;

  it.each<[string, KeySource | KeySource[], object]>([
    ['fromCookie', fromCookie('key'), { 'unkey-key': { type: 'apiKey', in: 'cookie', name: 'key' } }],
    ['fromQuery', fromQuery('key'), { 'unkey-key': { type: 'apiKey', in: 'query', name: 'key' } }],
    [
      'fromHeader with a scheme',
      fromHeader('authorization', { scheme: 'Api-Key' }),
      {
        'unkey-authorization': {
          type: 'apiKey',
          in: 'header',
          name: 'authorization',
          description: '`Api-Key`, a space and the API key.',
        },
      },
    ],
    [
      'fromHeader with the scheme Bearer',
      fromHeader('Authorization', { scheme: 'bearer' }),
      { 'unkey-bearer': { type: 'http', scheme: 'bearer' } },
    ],
    ['a function with `openapi`', own, { 'unkey-x-own': own.openapi }],
    ['a function without', [bare, fromQuery('key')], { 'unkey-key': expect.anything() }],
    [
      'sources of other transports',
      [fromHandshake('key'), fromPayload('key'), fromQuery('k')],
      { 'unkey-k': expect.anything() },
    ],
    [
      'two places with one name',
      [fromHeader('key'), fromQuery('key')],
      {
        'unkey-key': { type: 'apiKey', in: 'header', name: 'key' },
        'unkey-key-2': { type: 'apiKey', in: 'query', name: 'key' },
      },
    ],
    [
      'a name with characters that components cannot have',
      fromQuery('api key'),
      { 'unkey-api_key': { type: 'apiKey', in: 'query', name: 'api key' } },
    ],
  ])('describes %s', async (_, keyFrom, schemes) => {
    const { described } = await describeApp(DocumentsController, { keyFrom });
    expect(schemesOf(described)).toEqual(schemes);
    expect(securityOf(described, '/documents')).toEqual(Object.keys(schemes).map((name) => ({ [name]: [] })));
  });

  it('stays as it is if no source can be described', async () => {
    const { described, given } = await describeApp(DocumentsController, { keyFrom: bare });
    expect(securityOf(described, '/documents')).toEqual(securityOf(given, '/documents'));
    expect(operation(described, 'get', '/documents').responses).toHaveProperty('401');
  });

  it('has the sources of @KeyFrom() in place of those of the option', async () => {
    @Controller()
    class PartnerController {
      @KeyFrom(fromHeader('x-partner'))
      @Get('partner')
      partner() {}
    }
    const { described } = await describeApp(PartnerController);
    expect(securityOf(described, '/partner')).toEqual([{ 'unkey-x-partner': [] }]);
    expect(Object.keys(schemesOf(described) ?? {})).toEqual(['unkey-x-partner']);
  });

  it('uses an equal scheme that you declared, header names in any case', async () => {
    @Controller()
    class OwnController {
      @ApiSecurity('mine')
      @Get('declared')
      declared() {}
      @Get('undeclared')
      undeclared() {}
      @ApiSecurity('mine')
      @Public()
      @Get('open')
      open() {}
    }
    const { described, given } = await describeApp(
      OwnController,
      { keyFrom: fromHeader('x-api-key') },
      (builder) =>
        builder.addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'Mine.' }, 'mine'),
    );
    expect(schemesOf(described)).toEqual(schemesOf(given));
    expect(securityOf(described, '/declared')).toEqual([{ mine: [] }]);
    expect(securityOf(described, '/undeclared')).toEqual([{ mine: [] }]);
    expect(securityOf(described, '/open')).toEqual([]);
  });

  it('takes a bearer scheme with a format, such as JWT, for another one', async () => {
    const { described } = await describeApp(DocumentsController, { keyFrom: fromBearer() }, (builder) =>
      builder.addBearerAuth(),
    );
    expect(securityOf(described, '/documents')).toEqual([{ 'unkey-bearer': [] }]);
  });

  it('does not replace another scheme that has its name', async () => {
    const { described } = await describeApp(DocumentsController, { keyFrom: fromBearer() }, (builder) =>
      builder.addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'unkey-bearer'),
    );
    expect(securityOf(described, '/documents')).toEqual([{ 'unkey-bearer-2': [] }]);
    expect(schemesOf(described)?.['unkey-bearer']).toMatchObject({ bearerFormat: 'JWT' });
  });
});

describe('what other guards require', () => {
  it('is required together with a key, and stays for public handlers', async () => {
    @ApiBearerAuth()
    @Controller('documents')
    class SessionController extends DocumentsController {}
    const { described } = await describeApp(SessionController, { keyFrom: fromQuery('key') }, (builder) =>
      builder.addBearerAuth(),
    );
    expect(securityOf(described, '/documents')).toEqual([{ bearer: [], 'unkey-key': [] }]);
    expect(securityOf(described, '/documents/open')).toEqual([{ bearer: [] }]);
    expect(securityOf(described, '/documents/optional')).toEqual([
      { bearer: [], 'unkey-key': [] },
      { bearer: [] },
    ]);
  });

  it('can be declared for the whole document', async () => {
    const { described } = await describeApp(DocumentsController, { keyFrom: fromQuery('key') }, (builder) =>
      builder.addBearerAuth().addSecurityRequirements('bearer'),
    );
    expect(securityOf(described, '/documents')).toEqual([{ bearer: [], 'unkey-key': [] }]);
    expect(securityOf(described, '/documents/open')).toEqual([{ bearer: [] }]);
  });

  it('of an operation without our guard stays as it is', async () => {
    @Controller()
    class MixedController {
      @UseGuards(UnkeyGuard)
      @Get('ours')
      ours() {}
      @ApiBearerAuth()
      @Get('theirs')
      theirs() {}
    }
    const { described, given } = await describeApp(
      MixedController,
      { globalGuard: false } as object,
      (builder) => builder.addBearerAuth(),
    );
    expect(needsKey(described, operation(described, 'get', '/ours'))).toBe(true);
    expect(operation(described, 'get', '/theirs')).toEqual(operation(given, 'get', '/theirs'));
  });
});

describe('responses', () => {
  const responsesOf = (document: OpenAPIObject, path = '/documents') =>
    operation(document, 'get', path).responses;
  const componentsOf = ({ components }: OpenAPIObject) =>
    components?.responses as Record<
      string,
      { description: string; headers?: object; content: Record<string, { schema: { $ref: string } }> }
    >;
  const codesOf = (document: OpenAPIObject) =>
    Object.fromEntries(
      Object.entries(componentsOf(document)).map(([name, { description }]) => [
        name,
        [...description.matchAll(/`(\w+)`/g)].map(([, code]) => code),
      ]),
    );

  it('are shared components, one for each status, with its codes', async () => {
    const { described } = await describeApp(DocumentsController);
    const refs = Object.fromEntries(
      ['401', '403', '429', '500', '503'].map((status) => [
        status,
        { $ref: `#/components/responses/Unkey${status}` },
      ]),
    );
    expect(responsesOf(described)).toEqual({ '200': { description: '' }, ...refs });
    expect(responsesOf(described, '/documents/optional')).toMatchObject(refs);
    expect(responsesOf(described, '/documents/open')).toEqual({ '200': { description: '' } });
    expect(codesOf(described)).toEqual({
      Unkey401: ['MISSING_KEY', 'MALFORMED_KEY', 'NOT_FOUND', 'EXPIRED', 'DISABLED'],
      Unkey403: ['INSUFFICIENT_PERMISSIONS', 'FORBIDDEN'],
      Unkey429: ['RATE_LIMITED', 'USAGE_EXCEEDED'],
      Unkey500: ['UNKEY_MISCONFIGURED'],
      Unkey503: ['UNKEY_UNAVAILABLE'],
    });
  });

  it('are those of the limit alone if a handler with @Ratelimit() checks no key', async () => {
    @Ratelimit({ namespace: 'login', limit: 5, duration: 60_000, by: 'ip' })
    @Controller('login')
    class LoginController {
      @Public()
      @Get()
      login() {}
    }
    const { described } = await describeApp(LoginController, { statuses: { UNKEY_UNAVAILABLE: 502 } });
    expect(operation(described, 'get', '/login').security).toEqual([]);
    expect(responsesOf(described, '/login')).toMatchObject({
      429: { $ref: '#/components/responses/UnkeyRatelimit429' },
      500: { $ref: '#/components/responses/UnkeyRatelimit500' },
      502: { $ref: '#/components/responses/UnkeyRatelimit502' },
    });
    expect(Object.keys(responsesOf(described, '/login'))).toEqual(['200', '429', '500', '502']);
    expect(codesOf(described)).toEqual({
      UnkeyRatelimit429: ['RATE_LIMITED'],
      UnkeyRatelimit500: ['UNKEY_MISCONFIGURED'],
      UnkeyRatelimit502: ['UNKEY_UNAVAILABLE'],
    });
    expect(Object.keys(componentsOf(described)['UnkeyRatelimit429']?.headers ?? {})).toEqual([
      'Retry-After',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    ]);
  });

  it('are those of the limit alone without a guard that checks keys', async () => {
    @Ratelimit({ namespace: 'login', limit: 5, duration: 60_000, by: 'ip' })
    @Controller('login')
    class LoginController {
      @Get()
      login() {}
    }
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot(server.options)],
      controllers: [LoginController],
    });
    const { described } = documentsOf(app);
    await expectValid(described);
    const { security, responses } = operation(described, 'get', '/login');
    expect([security, Object.keys(responses)]).toEqual([undefined, ['200', '429', '500', '503']]);
  });

  it('follow the option `statuses`', async () => {
    const statuses = { EXPIRED: 403, USAGE_EXCEEDED: 402, UNKEY_MISCONFIGURED: 503 };
    const { described } = await describeApp(DocumentsController, { statuses });
    expect(codesOf(described)).toEqual({
      Unkey401: ['MISSING_KEY', 'MALFORMED_KEY', 'NOT_FOUND', 'DISABLED'],
      Unkey402: ['USAGE_EXCEEDED'],
      Unkey403: ['EXPIRED', 'INSUFFICIENT_PERMISSIONS', 'FORBIDDEN'],
      Unkey429: ['RATE_LIMITED'],
      Unkey503: ['UNKEY_MISCONFIGURED', 'UNKEY_UNAVAILABLE'],
    });
  });

  it('have the codes of checks where they are made', async () => {
    @Controller('documents')
    class CheckedController extends DocumentsController {
      @CheckKey(() => true, { code: 'PLAN_REQUIRED', status: 402 })
      @Get('paid')
      paid() {}
      @CheckKey(() => true, { code: 'NOT_YOURS' })
      @Get('owned')
      owned() {}
    }
    const { described } = await describeApp(CheckedController);
    expect(responsesOf(described, '/documents/paid')).toMatchObject({
      '402': { $ref: '#/components/responses/Unkey402_PLAN_REQUIRED' },
      '403': { $ref: '#/components/responses/Unkey403' },
    });
    expect(responsesOf(described, '/documents/owned')).toMatchObject({
      '403': { $ref: '#/components/responses/Unkey403_NOT_YOURS' },
    });
    expect(codesOf(described)['Unkey403_NOT_YOURS']).toEqual([
      'INSUFFICIENT_PERMISSIONS',
      'FORBIDDEN',
      'NOT_YOURS',
    ]);
  });

  it('that you declared stay, also as a range', async () => {
    @Controller()
    class DeclaredController {
      @ApiResponse({ status: 401, description: 'Mine.' })
      @Get('one')
      one() {}
      @ApiResponse({ status: '4XX', description: 'Mine.' })
      @Get('range')
      range() {}
    }
    const { described } = await describeApp(DeclaredController);
    expect(responsesOf(described, '/one')).toMatchObject({ '401': { description: 'Mine.' }, '403': {} });
    expect(Object.keys(responsesOf(described, '/range')).sort()).toEqual(['4XX', '500', '503']);
  });

  it.each([
    ['legacy', ['Retry-After', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']],
    ['ietf', ['Retry-After', 'RateLimit', 'RateLimit-Policy']],
    [
      'both',
      [
        'Retry-After',
        'X-RateLimit-Limit',
        'X-RateLimit-Remaining',
        'X-RateLimit-Reset',
        'RateLimit',
        'RateLimit-Policy',
      ],
    ],
    [false, ['Retry-After']],
  ] as const)('have the headers of ratelimitHeaders: %s', async (ratelimitHeaders, names) => {
    const { described } = await describeApp(DocumentsController, { ratelimitHeaders });
    const headers = Object.fromEntries(
      Object.entries(componentsOf(described)).map(([name, response]) => [
        name,
        Object.keys(response.headers ?? {}),
      ]),
    );
    expect(headers).toEqual({
      Unkey401: ['WWW-Authenticate'],
      Unkey403: ['WWW-Authenticate'],
      Unkey429: names,
      Unkey500: [],
      Unkey503: ['Retry-After'],
    });
  });

  describe.each([
    ['UnkeyError', 'application/json', {}],
    ['UnkeyError', 'application/json', { exposeRequiredPermissions: true }],
    ['UnkeyProblem', 'application/problem+json', { problemDetails: true }],
    ['UnkeyProblem', 'application/problem+json', { problemDetails: true, exposeRequiredPermissions: true }],
  ] as const)('have the body %s as %s with the options %j', (name, mediaType, options) => {
    it('that a denied request gets', async () => {
      @Controller('documents')
      class WritersController {
        @RequirePermissions('documents.write')
        @Get()
        write() {}
      }
      const { described, url } = await describeApp(WritersController, options);
      const { key } = await server.unkey.createKey({});
      const { body, headers, status } = await request(`${url}/documents`, { headers: { 'x-api-key': key } });
      expect(status).toBe(403);
      const { content } = componentsOf(described)['Unkey403']!;
      expect(content).toEqual({ [mediaType]: { schema: { $ref: `#/components/schemas/${name}` } } });
      expect(headers.get('content-type')).toContain(mediaType);
      const schema = described.components?.schemas?.[name] as { properties: object; required: string[] };
      expect(Object.keys(schema.properties).sort()).toEqual(Object.keys(body as object).sort());
      expect(schema.required.filter((member) => !(member in (body as object)))).toEqual([]);
    });
  });

  it('leave a class of yours with the same name alone', async () => {
    class UnkeyError {}
    @Controller('documents')
    class NamesakeController extends DocumentsController {
      @ApiOkResponse({ type: UnkeyError })
      @Get('failed')
      failed() {}
    }
    const { described, given } = await describeApp(NamesakeController);
    expect(described.components?.schemas?.['UnkeyError']).toEqual(given.components?.schemas?.['UnkeyError']);
    expect(componentsOf(described)['Unkey401']?.content['application/json']?.schema.$ref).toBe(
      '#/components/schemas/UnkeyError-2',
    );
  });
});

describe('x-unkey', () => {
  it('contains what a handler, its class and the option `permissions` require', async () => {
    @KeyRatelimit('requests')
    @RequirePermissions('documents.read')
    @Controller('documents')
    class DemandingController {
      @Credits(5)
      @KeyRatelimit('exports', { cost: 2 })
      @RequirePermissions(anyOf('a', allOf('b', 'c')))
      @Get('export')
      export() {}
      @Credits(() => 2)
      @OptionalKey()
      @Get('computed')
      computed() {}
      @Public()
      @Get('open')
      open() {}
    }
    const { described } = await describeApp(DemandingController, { permissions: 'api' });
    expect(operation(described, 'get', '/documents/export')['x-unkey']).toEqual({
      permissions: 'api AND documents.read AND (a OR b AND c)',
      credits: 5,
      ratelimits: [{ name: 'requests' }, { name: 'exports', cost: 2 }],
    });
    expect(operation(described, 'get', '/documents/computed')['x-unkey']).toMatchObject({
      credits: 'computed',
    });
    expect(operation(described, 'get', '/documents/open')).not.toHaveProperty('x-unkey');
  });

  it('is absent without requirements', async () => {
    const { described } = await describeApp(DocumentsController);
    expect(operation(described, 'get', '/documents')).not.toHaveProperty('x-unkey');
  });
});

describe('describeUnkey()', () => {
  it('leaves the given document as it is, and gives the same again for its own result', async () => {
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
      controllers: [DocumentsController],
    });
    const { given, described } = documentsOf(app);
    const fresh = documentsOf(app).given;
    expect(given).toEqual(fresh);
    described.paths['/documents']!.get!.responses['418'] = { description: 'changed' };
    described.components!.schemas!['Changed'] = {};
    expect(given).toEqual(fresh);
    const again = describeUnkey(app, given);
    expect(describeUnkey(app, again)).toEqual(again);
  });

  it.each(ADAPTERS)('works before app.init(), on %s', async (adapter) => {
    const seen: OpenAPIObject[] = [];
    await startApp(
      adapter,
      {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
        controllers: [DocumentsController],
      },
      (app) => {
        app.setGlobalPrefix('api');
        seen.push(documentsOf(app).described);
      },
    );
    const [described] = seen;
    expect(described && needsKey(described, operation(described, 'get', '/api/documents'))).toBe(true);
    expect(described && securityOf(described, '/api/documents/open')).toEqual([]);
  });

  it('distinguishes handlers of one path, in a document for each version', async () => {
    @Controller('documents')
    class FirstController {
      @Public()
      @Version('1')
      @Get()
      list() {}
    }
    @Controller('documents')
    class SecondController {
      @Version('2')
      @Get()
      list() {}
    }
    @Module({ controllers: [FirstController] })
    class FirstModule {}
    @Module({ controllers: [SecondController] })
    class SecondModule {}
    const { app } = await startApp(
      'express',
      { imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true }), FirstModule, SecondModule] },
      (one: INestApplication) => one.enableVersioning({ type: VersioningType.HEADER, header: 'v' }),
    );
    const isGuarded = (module: new () => object) => {
      const { described } = documentsOf(app, undefined, {
        include: [module],
        operationIdFactory: (_, method) => method,
      });
      return needsKey(described, operation(described, 'get', '/documents'));
    };
    expect([FirstModule, SecondModule].map(isGuarded)).toEqual([false, true]);
  });

  it('of an app without UnkeyModule is an error that says so', async () => {
    const { app } = await startApp('express', { controllers: [DocumentsController] });
    expect(() => documentsOf(app)).toThrow('this app has no UnkeyModule');
  });

  it.each([[undefined], [null], ['text'], [{}], [() => ({})]])(
    'refuses %s in place of a document',
    async (document) => {
      const { app } = await startApp('express', { imports: [UnkeyModule.forRoot(server.options)] });
      expect(() => describeUnkey(app, document as never)).toThrow('takes the document that SwaggerModule');
    },
  );

  it.each([['apiKey'], [{}], [null]])('rejects %j as the description of a key source', async (openapi) => {
    const keyFrom = Object.assign(() => undefined, { openapi }) as never;
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, keyFrom })],
      controllers: [DocumentsController],
    });
    expect(() => documentsOf(app)).toThrow(`must be a Security Scheme Object`);
  });
});

describe('a handler of a named instance', () => {
  @UseUnkey('internal')
  @Controller('internal')
  class InternalController {
    @Get()
    list() {
      return [];
    }
  }

  it('has the schemes, the realm and the statuses of that instance', async () => {
    const internal = { ...server.options, name: 'internal', keyFrom: fromHeader('x-internal-key') };
    const { app } = await startApp('express', {
      imports: [
        UnkeyModule.forRoot({ ...server.options, globalGuard: true }),
        UnkeyModule.forRoot({ ...internal, statuses: { EXPIRED: 410 } }),
      ],
      controllers: [DocumentsController, InternalController],
    });
    const { described } = documentsOf(app);
    await expectValid(described);
    expect(securityOf(described, '/internal')).toEqual([{ 'unkey-internal-x-internal-key': [] }]);
    expect(schemesOf(described)).toHaveProperty('unkey-internal-x-internal-key');
    expect(operation(described, 'get', '/internal').responses).toHaveProperty('410');
    expect(securityOf(described, '/documents')).toEqual([{ 'unkey-x-api-key': [] }, { 'unkey-bearer': [] }]);
    expect(operation(described, 'get', '/documents').responses).not.toHaveProperty('410');
  });
});
