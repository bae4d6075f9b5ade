import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditEntry } from 'nestjs-unkey';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** An app that would not start: no root key, a constructor and a factory that throw, and a timer that never ends. */
const APP = `
import 'reflect-metadata';
import { Controller, Get, Injectable, Module, Scope, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Credits, Public, RequirePermissions, UnkeyGuard, UnkeyModule } from 'nestjs-unkey';

setInterval(() => {}, 1000);

@Injectable()
class Broken {
  constructor() { throw new Error('constructed'); }
}

@Controller('documents')
class DocumentsController {
  @RequirePermissions('documents.read') @Credits(2) @Get(':id') read() {}
  @Public() @Get('open') open() {}
  @Get('excluded') excluded() {}
  @MessagePattern('sum') sum() {}
}

@WebSocketGateway()
class ChatGateway {
  @SubscribeMessage('chat') chat() {}
}

const controllers = [DocumentsController];
const options = { exclude: ['/documents/excluded'] };

@Module({
  imports: [UnkeyModule.forRoot({ ...options, globalGuard: true })],
  controllers,
  providers: [Broken, { provide: 'BROKEN', useFactory: () => { throw new Error('made'); } }],
})
export class AppModule {}

@Module({
  imports: [UnkeyModule.forRootAsync({ useFactory: () => options })],
  controllers,
  providers: [ChatGateway, { provide: APP_GUARD, useExisting: UnkeyGuard }],
})
export class AsyncModule {}

@Injectable({ scope: Scope.REQUEST })
class RequestScopedGuard extends UnkeyGuard {}

@Module({
  imports: [UnkeyModule.forRoot()],
  controllers,
  providers: [{ provide: APP_GUARD, useClass: RequestScopedGuard }],
})
export class RequestScopedModule {}

@Module({ imports: [UnkeyModule.forRoot()], controllers })
export class UnguardedModule {}

@Module({ controllers })
export class PlainModule {}

class Contradiction {
  @Public() @Credits(1) @Get() read() {}
}
Controller('contradiction')(Contradiction);
@Module({ imports: [UnkeyModule.forRoot()], controllers: [Contradiction] })
export class ContradictingModule {}

export default AppModule;
`;

const MODULE_KINDS = { esm: ts.ModuleKind.ES2022, commonjs: ts.ModuleKind.CommonJS };

/** Apps in both module formats and on both majors, each with the package in its own node_modules. */
const APPS = [
  { name: 'an ES module on Nest 12', format: 'esm', nest: 'node_modules/@nestjs', major: 12 },
  { name: 'CommonJS on Nest 12', format: 'commonjs', nest: 'node_modules/@nestjs', major: 12 },
  { name: 'CommonJS on Nest 11', format: 'commonjs', nest: 'test/nest-11/node_modules/@nestjs', major: 11 },
] as const;

let folder = '';
beforeAll(() => {
  // Below the repository, so that the packages it depends on are found.
  folder = mkdtempSync(join(ROOT, 'dist/routes-'));
  for (const [index, { format, nest }] of APPS.entries()) {
    const app = join(folder, String(index));
    const modules = join(app, 'node_modules');
    mkdirSync(join(modules, 'nestjs-unkey'), { recursive: true });
    symlinkSync(join(ROOT, nest), join(modules, '@nestjs'));
    for (const built of ['esm', 'cjs']) {
      cpSync(join(ROOT, 'dist', built), join(modules, 'nestjs-unkey/dist', built), { recursive: true });
    }
    cpSync(join(ROOT, 'package.json'), join(modules, 'nestjs-unkey/package.json'));
    writeFileSync(
      join(app, 'package.json'),
      JSON.stringify({ type: format === 'esm' ? 'module' : 'commonjs' }),
    );
    const { outputText } = ts.transpileModule(APP, {
      compilerOptions: {
        module: MODULE_KINDS[format],
        target: ts.ScriptTarget.ES2023,
        experimentalDecorators: true,
      },
    });
    writeFileSync(join(app, 'app.module.js'), outputText);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command in the folder of an app, and gives what it printed and its exit code. */
async function routes(index: number, ...args: string[]) {
  const { UNKEY_ROOT_KEY: _, UNKEY_BASE_URL: __, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [`node_modules/nestjs-unkey/dist/esm/cli/main.js`, 'routes', ...args],
    { cwd: join(folder, String(index)), env },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const FILE = 'app.module.js';
const NOT_RUN =
  'Note: main.ts and configure() are not run, so a global prefix, versioning, useGlobalGuards(), middleware and microservices are not seen.\n';
const FROM_FACTORY =
  'Note: The options of UnkeyModule come from a factory, which is not run: its "permissions", "public", "publicMetadata", "exclude" and "skipTransports" are not seen.\n';

const TABLE = `   access     pattern                  handler                       by              demands
   protected  GET /documents/:id       DocumentsController.read      global guard
              documents.read; credits 2
   public     GET /documents/open      DocumentsController.open      handler
   public     GET /documents/excluded  DocumentsController.excluded  option exclude
   protected  pattern sum              DocumentsController.sum       global guard
`;

describe.each(APPS.map(({ name, major }, index) => ({ name, major, index })))(
  'nestjs-unkey routes, of $name',
  ({ major, index }) => {
    it('prints the table, without starting anything', async () => {
      expect(await routes(index, FILE)).toEqual({ code: 0, out: TABLE, err: NOT_RUN });
    });

    it('prints JSON', async () => {
      const { code, out } = await routes(index, FILE, '--export', 'AppModule', '--json');
      expect(code).toBe(0);
      const entries = JSON.parse(out) as AuditEntry[];
      expect(entries).toHaveLength(4);
      expect(entries[0]).toEqual({
        handler: 'DocumentsController.read',
        module: 'AppModule',
        transport: 'http',
        pattern: 'GET /documents/:id',
        access: 'protected',
        by: 'global guard',
        demands: { permissions: 'documents.read', credits: 2 },
      });
    });

    it('sees a guard that a factory gives, and says that it cannot see options that one gives', async () => {
      const { code, out, err } = await routes(index, FILE, '--export', 'AsyncModule');
      expect(err).toBe(NOT_RUN + FROM_FACTORY);
      expect(out).toContain('protected');
      expect(out).not.toContain('option exclude');
      expect(code).toBe(major === 11 ? 1 : 0);
      expect(out.includes('! ChatGateway.chat (message chat): gateway')).toBe(major === 11);
    });

    it('sees a request-scoped guard', async () => {
      const { code, out } = await routes(index, FILE, '--export', 'RequestScopedModule', '--json');
      expect(code).toBe(0);
      expect((JSON.parse(out) as AuditEntry[])[0]).toMatchObject({ access: 'protected', by: 'global guard' });
    });

    it('lists problems below the table and ends with 1', async () => {
      const { code, out } = await routes(index, FILE, '--export', 'UnguardedModule');
      expect(code).toBe(1);
      expect(out).toMatch(/^! {2}unguarded {2}GET \/documents\/:id/m);
      expect(out.split('\n\n').slice(1)).toEqual([
        '1 problem',
        [
          '! DocumentsController.read (GET /documents/:id): no-guard',
          '  It has decorators of nestjs-unkey, but no guard that reads them.',
          '  Put @UseGuards(UnkeyGuard) on DocumentsController, or set globalGuard: true.\n',
        ].join('\n'),
      ]);
    });

    it.each<[string, string[], number, string]>([
      ['no such file', ['dist/other.js'], 2, 'There is no file dist/other.js; build the app first.'],
      [
        'no such export',
        [FILE, '--export', 'Other'],
        2,
        'app.module.js exports no class Other (it exports AppModule, ',
      ],
      [
        'a module without UnkeyModule',
        [FILE, '--export', 'PlainModule'],
        1,
        'app.module.js cannot be read: The root module does not import UnkeyModule.',
      ],
      [
        'decorators that contradict each other',
        [FILE, '--export', 'ContradictingModule'],
        1,
        'app.module.js cannot be read: Contradiction.read: ',
      ],
      ['a file that is no program', ['package.json'], 1, 'package.json cannot be loaded: '],
      ['no file', [], 2, 'routes needs the compiled file of the root module'],
      ['two files', [FILE, 'b.js'], 2, "Unexpected argument 'b.js' after the file"],
      ['an option of another command', [FILE, '--port', '1'], 2, "Unknown option '--port'"],
      ['an empty export', [FILE, '--export='], 2, '--export needs a value'],
    ])('says in one sentence: %s', async (_, args, code, sentence) => {
      const result = await routes(index, ...args);
      expect(result).toMatchObject({ code, out: '' });
      expect(result.err.split('\n')).toHaveLength(2);
      expect(result.err).toContain(sentence);
    });
  },
);
