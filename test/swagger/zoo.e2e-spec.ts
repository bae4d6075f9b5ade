import { VersioningType, type INestApplication } from '@nestjs/common';
import { UnkeyModule } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { AllController, NestedModule, ZOO, ZOO_OPTIONS } from './zoo.js';
import { documentsOf, expectValid, needsKey, operation, operationsOf, statusOf } from './document.js';

const server = useUnkey();

const SETTINGS: [
  string,
  { prefix?: string; configure: (app: INestApplication) => void; ignoreGlobalPrefix?: boolean },
][] = [
  ['without a prefix', { configure: () => {} }],
  [
    'with a global prefix, exclusions from it, and URI versions',
    {
      prefix: '/api',
      configure: (app) => {
        app.setGlobalPrefix('api', { exclude: ['metrics', 'closed/open'] });
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    },
  ],
  [
    'with versions in a header',
    { configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'v' }) },
  ],
];

describe.each(ADAPTERS)('the document says of every operation whether it needs a key, on %s', (adapter) => {
  it.each(SETTINGS)('%s', async (_, { prefix = '', configure }) => {
    const version = prefix === '' ? '' : '/v1';
    const running = await startApp(
      adapter,
      {
        ...ZOO,
        imports: [
          UnkeyModule.forRoot({
            ...server.options,
            ...ZOO_OPTIONS,
            globalGuard: true,
            exclude: [`${prefix}${version}/shapes/excluded/:id`, `${prefix}${version}/shapes/partly/open/*`],
          }),
          ...ZOO.imports,
        ],
      },
      configure,
    );
    const { described } = documentsOf(running.app);
    await expectValid(described);
    const said: Record<string, boolean> = {};
    const seen: Record<string, boolean> = {};
    for (const { path, method, operation } of operationsOf(described)) {
      const status = await statusOf(running, method, path);
      // Swagger has one path for all versions that are told by a header; without it, there is none.
      if (status === 404) continue;
      said[`${method} ${path}`] = needsKey(described, operation);
      seen[`${method} ${path}`] = status === 401;
    }
    expect(said).toEqual(seen);
    expect(Object.values(said).filter((one) => one).length).toBeGreaterThan(10);
    expect(Object.values(said).filter((one) => !one).length).toBeGreaterThan(5);
    expect(server.unkey.calls).toEqual([]);
  });

  it('with guards on handlers alone', async () => {
    const running = await startApp(adapter, {
      ...ZOO,
      imports: [UnkeyModule.forRoot({ ...server.options, audit: 'off' }), ...ZOO.imports],
    });
    const { given, described } = documentsOf(running.app);
    const guarded = operationsOf(described).filter(({ operation }) => needsKey(described, operation));
    expect(guarded.map(({ path }) => path)).toEqual(['/guards/ours', '/guards/subclass']);
    expect(await statusOf(running, 'get', '/guards/ours')).toBe(401);
    expect(await statusOf(running, 'get', '/guards/subclass')).toBe(401);
    // No guard stands over the others, so nothing is said about them.
    for (const path of ['/guards/none', '/closed/open', '/closed/optional', '/closed/inherited']) {
      expect(operation(described, 'get', path)).toEqual(operation(given, 'get', path));
    }
  });
});

describe('operations that Swagger makes of one handler', () => {
  it('of @All() are all described', async () => {
    const { app } = await startApp('express', {
      controllers: [AllController],
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
    });
    const { described } = documentsOf(app);
    const operations = operationsOf(described);
    expect(operations.length).toBeGreaterThan(6);
    expect(operations.filter(({ operation }) => !needsKey(described, operation))).toEqual([]);
  });
});

describe('a document without some of the app', () => {
  const start = () =>
    startApp(
      'express',
      {
        ...ZOO,
        imports: [
          UnkeyModule.forRoot({ ...server.options, ...ZOO_OPTIONS, globalGuard: true }),
          ...ZOO.imports,
        ],
      },
      (app) => app.setGlobalPrefix('api'),
    );

  it('made with ignoreGlobalPrefix is described all the same', async () => {
    const { app } = await start();
    const { described } = documentsOf(app, undefined, { ignoreGlobalPrefix: true });
    const whole = documentsOf(app).described;
    for (const { path, method, operation: described_ } of operationsOf(described)) {
      expect({ path, operation: described_ }).toEqual({
        path,
        operation: operation(whole, method, `/api${path}`),
      });
    }
  });

  it('made with `include` is described all the same', async () => {
    const { app } = await start();
    const { described } = documentsOf(app, undefined, { include: [NestedModule] });
    expect(
      operationsOf(described).map(({ path, operation }) => [path, needsKey(described, operation)]),
    ).toEqual([
      ['/api/area/nested', true],
      ['/api/area/nested/open', false],
    ]);
  });
});
