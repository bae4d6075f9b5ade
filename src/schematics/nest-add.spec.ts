import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { Tree } from './devkit.js';
import { nestAdd } from './nest-add.js';

const MODULE = `import { Module } from '@nestjs/common';\n\n@Module({ imports: [] })\nexport class AppModule {}\n`;
const JEST = { devDependencies: { jest: '^30.0.0' } };
const VITEST = { type: 'module', devDependencies: { vitest: '^4.0.0' } };

/** The files of an app. As the devkit's tree, it does not create what exists nor overwrite what does not. */
class Files implements Tree {
  readonly texts: Map<string, string>;
  constructor(texts: Record<string, string>) {
    this.texts = new Map(Object.entries(texts));
  }
  exists(path: string): boolean {
    return this.texts.has(path);
  }
  read(path: string): Uint8Array | null {
    const text = this.texts.get(path);
    return text === undefined ? null : new TextEncoder().encode(text);
  }
  create(path: string, content: string): void {
    if (this.texts.has(path)) throw new Error(`${path} exists`);
    this.texts.set(path, content);
  }
  overwrite(path: string, content: string): void {
    if (!this.texts.has(path)) throw new Error(`${path} does not exist`);
    this.texts.set(path, content);
  }
}

/** Runs the schematic on an app with these files. */
function run(texts: Record<string, string>, options?: { sourceRoot?: unknown }) {
  const files = new Files(texts);
  const lines: string[] = [];
  nestAdd(options)(files, { logger: { info: (message) => void lines.push(message) } });
  return { files: Object.fromEntries(files.texts), printed: lines.join('\n') };
}

const app = (manifest: object, more: Record<string, string> = {}) => ({
  'package.json': JSON.stringify(manifest),
  'src/app.module.ts': MODULE,
  ...more,
});

describe('nest add', () => {
  it('registers the module, and adds .env.example and a test', () => {
    const { files } = run(app(JEST), { sourceRoot: 'src' });
    expect(Object.keys(files)).toEqual([
      'package.json',
      'src/app.module.ts',
      '.env.example',
      'test/unkey.e2e-spec.ts',
    ]);
    expect(files['src/app.module.ts']).toContain('imports: [UnkeyModule.forRoot({ globalGuard: true })]');
    expect(files['.env.example']).toMatch(/^UNKEY_ROOT_KEY=$/m);
  });

  it.each([
    [`${MODULE}`, "import { AppModule } from '../src/app.module';"],
    [MODULE.replace('export class', 'export default class'), "import AppModule from '../src/app.module';"],
    [
      `${MODULE.replace('export class', 'class')}export default AppModule;\n`,
      "import AppModule from '../src/app.module';",
    ],
  ])('imports the module into the test as its file exports it: %#', (module, statement) => {
    const { files } = run(app(JEST, { 'src/app.module.ts': module }));
    expect(files['test/unkey.e2e-spec.ts']).toContain(statement);
  });

  it('changes nothing a second time, and says so', () => {
    const first = run(app(VITEST));
    const second = run(first.files);
    expect(second.files).toEqual(first.files);
    expect(second.printed).toBe(
      'UnkeyModule is already registered in src/app.module.ts. Nothing was changed.',
    );
  });

  it.each([undefined, {}, { sourceRoot: undefined }, { sourceRoot: '' }, { sourceRoot: './src/' }])(
    'with the options %j edits src/app.module.ts',
    (options) => {
      expect(run(app(JEST), options).files['src/app.module.ts']).not.toBe(MODULE);
    },
  );

  it('edits the app of a monorepo that the command line names, and puts the test next to it', () => {
    const { 'src/app.module.ts': _, ...rest } = app(JEST, { 'apps/shop/src/app.module.ts': MODULE });
    const { files } = run(rest, { sourceRoot: 'apps/shop/src' });
    expect(files['apps/shop/src/app.module.ts']).not.toBe(MODULE);
    expect(files['apps/shop/test/unkey.e2e-spec.ts']).toContain("from '../src/app.module'");
  });

  it('prints the commands that follow, for the package manager of the app', () => {
    const { printed } = run(app(JEST));
    for (const command of ['npx nestjs-unkey dev', 'npm run start:dev', 'npm run test:e2e']) {
      expect(printed).toContain(`\n  ${command}`);
    }
    expect(run(app(JEST, { 'pnpm-lock.yaml': '' })).printed).toContain('\n  pnpm exec nestjs-unkey dev');
    expect(run(app(JEST, { 'yarn.lock': '' })).printed).toContain('\n  yarn run start:dev');
  });

  it("says that the starter's own test fails from now on, if there is one", () => {
    expect(run(app(JEST)).printed).not.toContain('app.e2e-spec.ts');
    expect(run(app(JEST, { 'test/app.e2e-spec.ts': '' })).printed).toContain(
      'test/app.e2e-spec.ts fails from now on, because your app needs a root key',
    );
  });
});

describe('the test', () => {
  const testOf = (manifest: object) => run(app(manifest)).files['test/unkey.e2e-spec.ts'] ?? '';

  it.each<[string, object, string[], string[]]>([
    ['Jest, CommonJS', JEST, ["from '../src/app.module';", 'INestApplication'], ['vitest', 'fastify']],
    ['Jest, ESM', { ...JEST, type: 'module' }, ["from '../src/app.module.js';"], ['vitest']],
    ['vitest, ESM', VITEST, ["from '../src/app.module.js';", "from 'vitest';"], ['fastify']],
    [
      'vitest, CommonJS',
      { ...VITEST, type: 'commonjs' },
      ["from '../src/app.module';", "from 'vitest';"],
      [],
    ],
    [
      'Fastify',
      { ...VITEST, dependencies: { '@nestjs/platform-fastify': '^12.0.0' } },
      ['createNestApplication(new FastifyAdapter())', 'NestFastifyApplication'],
      ['INestApplication'],
    ],
  ])('is for %s', (_, manifest, contained, missing) => {
    const test = testOf(manifest);
    for (const part of contained) expect(test).toContain(part);
    for (const part of missing) expect(test).not.toContain(part);
    expect(ts.transpileModule(test, { reportDiagnostics: true }).diagnostics).toEqual([]);
  });

  it('that exists stays as it is', () => {
    const { files } = run(app(JEST, { 'test/unkey.e2e-spec.ts': 'mine' }));
    expect(files['test/unkey.e2e-spec.ts']).toBe('mine');
  });

  it('is not added without Jest and vitest, and the output says so', () => {
    const { files, printed } = run(app({}));
    expect(files).not.toHaveProperty(['test/unkey.e2e-spec.ts']);
    expect(printed).toContain('No test was added, because package.json lists neither jest nor vitest.');
  });
});

describe('.env.example', () => {
  const envOf = (text: string) => run(app(JEST, { '.env.example': text })).files['.env.example'] ?? '';

  it.each(['PORT=3000', 'PORT=3000\n'])('%j keeps what it has', (text) => {
    expect(envOf(text)).toMatch(/^PORT=3000\n\n# .*\nUNKEY_ROOT_KEY=\n/);
  });

  it('keeps its line ends', () => {
    expect(envOf('PORT=3000\r\n').replaceAll('\r\n', '')).not.toContain('\n');
  });

  it.each(['UNKEY_ROOT_KEY=', '# UNKEY_ROOT_KEY=\n', 'export UNKEY_ROOT_KEY=x'])(
    '%j stays as it is',
    (text) => {
      expect(envOf(text)).toBe(text);
    },
  );
});

describe('an app that cannot be edited gets one sentence, and no file is written', () => {
  const BY_HAND =
    'Add UnkeyModule.forRoot({ globalGuard: true }) to the imports of your root module yourself.';

  it.each<[string, Record<string, string>, string]>([
    [
      'no package.json',
      { 'src/app.module.ts': MODULE },
      'There is no package.json in this folder. Run `nest add` in the folder of your app.',
    ],
    [
      'a package.json that is not JSON',
      { 'package.json': '{', 'src/app.module.ts': MODULE },
      'package.json is not valid JSON. Correct it and run `nest add nestjs-unkey` again.',
    ],
    ['no app.module.ts', { 'package.json': '{}' }, `There is no src/app.module.ts. ${BY_HAND}`],
    [
      'an app.module.ts without a module',
      app({}, { 'src/app.module.ts': 'export {};\n' }),
      `src/app.module.ts has no @Module() decorator. ${BY_HAND}`,
    ],
  ])('%s', (_, texts, message) => {
    const files = new Files(texts);
    expect(() => nestAdd()(files, { logger: { info: () => {} } })).toThrow(new Error(message));
    expect(Object.fromEntries(files.texts)).toEqual(texts);
  });
});
