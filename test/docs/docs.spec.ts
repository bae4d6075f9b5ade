import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as unkey from 'nestjs-unkey';
import { DENIALS, type UnkeyModuleOptions } from 'nestjs-unkey';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import ts from 'typescript';
import { describe, expect, it, onTestFinished } from 'vitest';
import { OPTIONS } from '../../src/options/options-schema.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import { referencePage } from '../../scripts/reference.mjs';
import { codeBlocks, DOCUMENTS, ROOT, table } from './markdown.js';

const blocks = DOCUMENTS.flatMap(codeBlocks);
const ofLanguage = (language: string) => blocks.filter((block) => block.language === language);
const blockOf = (firstLine: string) =>
  blocks.find(({ code }) => code.startsWith(`${firstLine}\n`))?.code ?? '';
/** Whether a block is a file of the sample app, which is compiled there. */
const isOfSample = ({ code }: { code: string }) => code.startsWith('// src/');
const protectedTable = codeBlocks('README.md').find(({ code }) => code.includes('access'))?.code;

/** Declared in test/docs/packages. */
const PACKAGES_OF_THE_DOCS = Object.fromEntries(
  ['@nestjs/bullmq', 'bullmq', '@nestjs/schedule', 'nestjs-pino', '@rekog/mcp-nest'].map((name) => [
    name,
    [`${ROOT}test/docs/packages/${name.replace('@rekog/', '').replace('@nestjs/', 'nestjs-')}.d.ts`],
  ]),
);

describe('every TypeScript block compiles with the compiler options of a new Nest app', () => {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    isolatedModules: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    strict: true,
    strictPropertyInitialization: false,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    paths: {
      'nestjs-unkey': [`${ROOT}src/index.ts`],
      'nestjs-unkey/*': [`${ROOT}src/*/index.ts`],
      ...PACKAGES_OF_THE_DOCS,
    },
  };

  /** Blocks that extend a type of the package stand alone, since that holds for a whole program. */
  const groups = [
    ...ofLanguage('ts')
      .filter(({ code }) => code.includes('declare module'))
      .map((block) => [block]),
    ofLanguage('ts').filter((block) => !block.code.includes('declare module') && !isOfSample(block)),
  ];

  it.each(groups.map((group) => [group.map(({ at }) => at).join(', '), group] as const))(
    '%s',
    (_, group) => {
      const files = new Map(group.map((block, n) => [join(ROOT, 'docs', `block-${n}.ts`), block]));
      const stub = join(ROOT, 'docs', 'app.module.ts');
      const virtual = (name: string) =>
        name === stub
          ? 'export class AppModule {}'
          : files.get(name)?.code.replace("'./app.module'", "'./app.module.js'");
      const host = ts.createCompilerHost(options);
      const real = ts.createCompilerHost(options);
      host.fileExists = (name) => virtual(name) !== undefined || real.fileExists(name);
      host.readFile = (name) => virtual(name) ?? real.readFile(name);
      host.getSourceFile = (name, ...rest) => {
        const text = virtual(name);
        return text === undefined
          ? real.getSourceFile(name, ...rest)
          : ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true);
      };
      const program = ts.createProgram([...files.keys()], options, host);
      const faults = [...files].flatMap(([name, block]) => {
        const source = program.getSourceFile(name);
        const diagnostics = [
          ...program.getSyntacticDiagnostics(source),
          ...program.getSemanticDiagnostics(source),
        ];
        return diagnostics.map(
          ({ messageText }) => `${block.at}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
        );
      });
      // Jest's globals are not among the types of this program.
      expect(
        faults.filter((fault) => !/Cannot find name '(beforeAll|afterAll|it|expect)'/.test(fault)),
      ).toEqual([]);
    },
    60_000,
  );

  it('and imports types as types', () => {
    for (const { at, code } of ofLanguage('ts')) {
      expect(code, at).not.toMatch(/import \{[^}]*(?<!type )\bVerifiedKey\b/);
    }
  });
});

describe('every shell block names what there is', () => {
  const { scripts, bin } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const commands = ofLanguage('sh').flatMap(({ at, code }) =>
    code
      .split(/\n|&&/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((command) => [at, command] as const),
  );
  it.each(commands)('%s: %s', (_, command) => {
    const known =
      /^(npm ci|npm install nestjs-unkey|npx nest add nestjs-unkey)$/.test(command) ||
      /^(curl|export|UNKEY_\w+=|PORT=)/.test(command) ||
      (/^npx nestjs-unkey (dev|routes)\b/.test(command) && bin?.['nestjs-unkey'] !== undefined) ||
      Object.keys(scripts ?? {}).some((name) =>
        new RegExp(`^(npm run ${name}|npm ${name})(?= |$)`).test(command),
      );
    expect(known).toBe(true);
  });
});

describe('every JSON body of a denied request has the status and the message of its code', () => {
  const bodies = ofLanguage('json').flatMap(({ at, code }) => {
    const body = JSON.parse(code) as { statusCode?: number; message?: string; code?: string };
    return body.statusCode === undefined ? [] : [[at, body] as const];
  });
  it.each(bodies)('%s', (_, { statusCode, message, code }) => {
    const { status, message: expected } = DENIALS[code as keyof typeof DENIALS];
    expect({ statusCode, message }).toEqual({ statusCode: status, message: expected });
  });
});

describe('the smallest app of the README runs unchanged', () => {
  it('against the package as it is built', async () => {
    const server = await UnkeyEmulator.start();
    const folder = mkdtempSync(join(ROOT, 'dist/readme-'));
    const { outputText } = ts.transpileModule(blockOf('// main.ts'), {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2023,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
      },
    });
    writeFileSync(join(folder, 'main.js'), outputText);
    const port = await freePort();
    const app = spawn(process.execPath, [join(folder, 'main.js')], {
      env: {
        ...process.env,
        PORT: String(port),
        UNKEY_ROOT_KEY: server.rootKey,
        UNKEY_BASE_URL: server.url,
        NO_COLOR: '1',
      },
    });
    onTestFinished(async () => {
      app.kill();
      rmSync(folder, { recursive: true });
      await server.close();
    });
    let output = '';
    app.stderr.on('data', (chunk) => (output += chunk));
    app.stdout.on('data', (chunk) => (output += chunk));
    const get = async (path: string, key?: string) => {
      const answer = await fetch(
        `http://127.0.0.1:${port}${path}`,
        key === undefined ? {} : { headers: { 'x-api-key': key } },
      );
      return { status: answer.status, body: await answer.json() };
    };
    // Express prints that it started just before it listens.
    await expect
      .poll(() => get('/documents/health').catch(() => output))
      .toEqual({ status: 200, body: { ok: true } });
    const { key, keyId } = await server.createKey({ permissions: ['documents.read'], externalId: 'alice' });
    const stranger = await server.createKey({});
    expect(await get('/documents', key)).toEqual({
      status: 200,
      body: { documents: [], keyId, user: 'alice' },
    });
    expect((await get('/documents')).status).toBe(401);
    expect((await get('/documents', stranger.key)).status).toBe(403);
    // The table of "What is protected".
    await expect.poll(() => output).toContain(protectedTable);
  });
});

describe('the tables of the reference are true', () => {
  const PAGE = 'docs/reference.md';

  it('generated ones are up to date with the doc comments', async () => {
    const page = readFileSync(ROOT + PAGE, 'utf8');
    expect(await referencePage(page), 'run npm run docs:reference').toBe(page);
  });

  it('statuses: every code of the denial table, with its status', () => {
    const rows = table(PAGE, 'Statuses and codes').map(([, status, code]) => [
      code?.replaceAll('`', ''),
      Number(status),
    ]);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(DENIALS).map(([code, { status }]) => [code, status])),
    );
  });

  it('statuses: the challenge of each', () => {
    for (const [, , code, headers] of table(PAGE, 'Statuses and codes')) {
      const denial = DENIALS[code?.replaceAll('`', '') as keyof typeof DENIALS];
      const named = /error="(\w+)"/.exec(headers ?? '')?.[1];
      expect('challenge' in denial ? denial.challenge : undefined, code).toBe(named);
    }
  });

  it('options: every option there is, with its default', () => {
    const rows = table(PAGE, 'Options').map(([name, value]) => [
      name?.replaceAll('`', ''),
      value?.replaceAll('`', ''),
    ]);
    const names = rows.map(([name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(OPTIONS)));
    expect(names).toHaveLength(new Set(names).size);
    const defaults = resolveOptions({ rootKey: 'any' }, { env: {}, keyFrom: [], now: Date.now });
    for (const name of ['timeout', 'realm', 'problemDetails', 'ratelimitHeaders'] as const) {
      const value = defaults[name];
      const written = typeof value === 'string' ? `'${value}'` : String(value);
      expect(rows.find(([row]) => row === name)?.[1], name).toBe(written);
    }
  });

  it('options: types and table agree', () => {
    const complete: Record<keyof UnkeyModuleOptions, unknown> = OPTIONS;
    expect(Object.keys(complete)).toEqual(Object.keys(OPTIONS));
  });

  it('errors: each class, with the code that it has', () => {
    const thrown = {
      KeyMissingException: new unkey.KeyMissingException(),
      UnkeyMisconfiguredException: new unkey.UnkeyMisconfiguredException(),
      UnkeyUnavailableException: new unkey.UnkeyUnavailableException(),
    };
    const rows = new Map(table(PAGE, 'Errors').map(([name, , code]) => [name?.replaceAll('`', ''), code]));
    for (const [name, { code }] of Object.entries(thrown)) expect(rows.get(name), name).toBe(`\`${code}\``);
    expect([...rows.keys()].filter((name) => !(name ?? '' in unkey))).toEqual([]);
  });

  it('events: every channel', () => {
    const named = table(PAGE, 'Events').map(([name]) => name?.replaceAll('`', ''));
    expect(named).toEqual(Object.keys(unkey.CHANNELS));
  });

  it('every property, parameter and export has a text', () => {
    const page = readFileSync(ROOT + PAGE, 'utf8');
    const empty = page.split('\n').filter((line) => /^\| `[^|]*\|[^|]*\|\s*\|$/.test(line));
    expect(empty).toEqual([]);
  });
});

describe('commands exist', () => {
  it('commands of CONTRIBUTING.md', () => {
    const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = table('CONTRIBUTING.md', 'Commands').map(
      ([cell]) => cell?.replace(/`|npm run |npm /g, '') ?? '',
    );
    expect(named.filter((name) => !(name in scripts) && !existsSync(ROOT + name))).toEqual([]);
  });
});

describe('a block that names a file of the sample app is that file', () => {
  it.each(ofLanguage('ts').filter(isOfSample))('$at', ({ code }) => {
    const [first = '', ...rest] = code.split('\n');
    expect(rest.join('\n')).toBe(readFileSync(`${ROOT}sample-app/${first.slice(3)}`, 'utf8'));
  });
});

describe.each([
  ['the end-to-end test', 'documents.e2e-spec.ts'],
  ['the access table as a test', 'access.e2e-spec.ts'],
])('%s of docs/testing.md', (_, file) => {
  const example = readFileSync(`${ROOT}test/docs/example/${file}`, 'utf8');

  it('with vitest is one that runs here', () => {
    expect(blockOf(`// ${file}`)).toBe(`// ${file}\n${example}`);
  });

  it('with Jest differs in its globals alone', () => {
    const jest = example
      .replace(/^import .* from 'vitest';\n/m, '')
      .replace("'./app.module.js'", "'./app.module'");
    expect(blockOf(`// ${file} for Jest`)).toBe(`// ${file} for Jest\n${jest}`);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
