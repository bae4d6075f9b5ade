import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { registerModule } from './register-module.js';

const REGISTRATION = 'UnkeyModule.forRoot({ globalGuard: true })';

const source = (...lines: string[]) => [...lines, ''].join('\n');
const HEAD = ["import { Module } from '@nestjs/common';", "import { A, B } from './modules';"];
const HEAD_AFTER = [...HEAD, "import { UnkeyModule } from 'nestjs-unkey';"];

/** A module whose decorator has this argument, before and after the import was added. */
const withArgument = (argument: string, head = HEAD) =>
  source(...head, '', `@Module(${argument})`, 'export class AppModule {}');

function syntaxErrors(text: string): string[] {
  const { diagnostics = [] } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { experimentalDecorators: true, module: ts.ModuleKind.ESNext },
  });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

describe('UnkeyModule is registered in the argument of @Module()', () => {
  it.each<[string, string, string]>([
    ['without an argument', '', `{ imports: [${REGISTRATION}] }`],
    ['an empty object', '{}', `{ imports: [${REGISTRATION}] }`],
    ['an empty object of two lines', '{\n}', `{ imports: [${REGISTRATION}] }`],
    ['empty imports', '{ imports: [] }', `{ imports: [${REGISTRATION}] }`],
    ['empty imports with a comment', '{ imports: [/* none */] }', `{ imports: [${REGISTRATION}/* none */] }`],
    [
      'imports of one line',
      '{ imports: [A, B], providers: [] }',
      `{ imports: [A, B, ${REGISTRATION}], providers: [] }`,
    ],
    ['a trailing comma in one line', '{ imports: [A,] }', `{ imports: [A, ${REGISTRATION},] }`],
    [
      'imports of several lines',
      '{\n  imports: [\n    A,\n    B,\n  ],\n}',
      `{\n  imports: [\n    A,\n    B,\n    ${REGISTRATION},\n  ],\n}`,
    ],
    [
      'imports of several lines without a trailing comma',
      '{\n  imports: [\n    A,\n    B\n  ]\n}',
      `{\n  imports: [\n    A,\n    B,\n    ${REGISTRATION}\n  ]\n}`,
    ],
    [
      'comments behind the last element',
      '{\n  imports: [\n    A, // first\n    B, // last, [really]\n  ],\n}',
      `{\n  imports: [\n    A, // first\n    B, // last, [really]\n    ${REGISTRATION},\n  ],\n}`,
    ],
    [
      'a comment behind the last element without a comma',
      '{\n  imports: [\n    A, // first\n    B // last\n  ],\n}',
      `{\n  imports: [\n    A, // first\n    B, // last\n    ${REGISTRATION}\n  ],\n}`,
    ],
    [
      'the bracket behind the last element',
      '{\n  imports: [\n    A,\n    B],\n}',
      `{\n  imports: [\n    A,\n    B,\n    ${REGISTRATION}],\n}`,
    ],
    [
      'elements with brackets, strings and functions',
      "{ imports: [A.forRoot({ path: '],}' }), B.forRootAsync({ useFactory: () => ({ imports: [1] }) })] }",
      `{ imports: [A.forRoot({ path: '],}' }), B.forRootAsync({ useFactory: () => ({ imports: [1] }) }), ${REGISTRATION}] }`,
    ],
    ['a spread', '{ imports: [...modules] }', `{ imports: [...modules, ${REGISTRATION}] }`],
    ['a quoted name', "{ 'imports': [A] }", `{ 'imports': [A, ${REGISTRATION}] }`],
    ['no imports', '{ providers: [A] }', `{ imports: [${REGISTRATION}], providers: [A] }`],
    [
      'no imports, several lines',
      '{\n  controllers: [A],\n  providers: [B],\n}',
      `{\n  imports: [${REGISTRATION}],\n  controllers: [A],\n  providers: [B],\n}`,
    ],
    [
      'imports in a comment only',
      '{\n  // imports: [A],\n  providers: [B],\n}',
      `{\n  // imports: [A],\n  imports: [${REGISTRATION}],\n  providers: [B],\n}`,
    ],
    [
      'imports of a provider only',
      '{ providers: [{ provide: A, useValue: { imports: [] } }] }',
      `{ imports: [${REGISTRATION}], providers: [{ provide: A, useValue: { imports: [] } }] }`,
    ],
  ])('%s', (_, before, after) => {
    const edited = registerModule(withArgument(before));
    expect(edited).toMatchObject({ className: 'AppModule', text: withArgument(after, HEAD_AFTER) });
    expect(syntaxErrors(edited.text)).toEqual([]);
    expect(registerModule(edited.text).text, 'a second time').toBe(edited.text);
  });

  it('of AppModule, if the file has several modules', () => {
    const before = source(
      ...HEAD,
      '@Module({})',
      'class First {}',
      '@Module({})',
      'export class AppModule {}',
    );
    const { text } = registerModule(before);
    expect(text).toContain('@Module({})\nclass First {}\n@Module({ imports: [Unkey');
  });

  it('of the only module, whatever its name', () => {
    const { className } = registerModule(source(...HEAD, '@Module({})', '@Global()', 'export class Root {}'));
    expect(className).toBe('Root');
  });
});

describe('the import is added after the last one, in its style', () => {
  it.each<[string, string, string]>([
    [
      'double quotes',
      'import { Module } from "@nestjs/common";',
      'import { UnkeyModule } from "nestjs-unkey";',
    ],
    [
      'no semicolons',
      "import { Module } from '@nestjs/common'",
      "import { UnkeyModule } from 'nestjs-unkey'",
    ],
    [
      'a comment behind it',
      "import { Module } from '@nestjs/common'; // Nest",
      "import { UnkeyModule } from 'nestjs-unkey';",
    ],
    [
      'several lines',
      "import {\n  Module,\n} from '@nestjs/common';",
      "import { UnkeyModule } from 'nestjs-unkey';",
    ],
    [
      'a side effect',
      "import { Module } from '@nestjs/common';\nimport 'dotenv/config';",
      "import { UnkeyModule } from 'nestjs-unkey';",
    ],
  ])('%s', (_, before, added) => {
    const { text } = registerModule(source(before, '', '@Module({})', 'export class AppModule {}'));
    expect(text.startsWith(`${before}\n${added}\n\n@Module(`)).toBe(true);
    expect(syntaxErrors(text)).toEqual([]);
  });

  it('CRLF line ends are kept', () => {
    const before = withArgument('{\n  imports: [\n    A,\n  ],\n}').replaceAll('\n', '\r\n');
    const { text } = registerModule(before);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text).toContain(`    A,\r\n    ${REGISTRATION},\r\n  ],`);
  });

  it('a byte order mark stays the first character', () => {
    const { text } = registerModule(
      '\uFEFFconst { Module } = require("@nestjs/common");\n@Module({})\nclass AppModule {}\n',
    );
    expect(text.startsWith("\uFEFFimport { UnkeyModule } from 'nestjs-unkey';\nconst")).toBe(true);
  });

  it('none is added if there is one', () => {
    const imported = "import { Public, UnkeyModule } from 'nestjs-unkey';";
    const { text } = registerModule(source(...HEAD, imported, '@Module({})', 'export class AppModule {}'));
    expect(text.match(/nestjs-unkey/g)).toHaveLength(1);
    expect(text).toContain(REGISTRATION);
  });
});

describe('a module that is registered already stays as it is', () => {
  it.each([REGISTRATION, 'UnkeyModule.forRootAsync({ useFactory: () => ({}) })', 'UnkeyModule\n .forRoot()'])(
    '%s',
    (registration) => {
      const before = withArgument(`{ imports: [${registration}] }`, HEAD_AFTER);
      expect(registerModule(before).text).toBe(before);
    },
  );

  it('under the name that the import gives it', () => {
    const imported = "import { UnkeyModule as Keys } from 'nestjs-unkey';";
    const before = source(
      ...HEAD,
      imported,
      '@Module({ imports: [Keys.forRoot()] })',
      'export class AppModule {}',
    );
    expect(registerModule(before).text).toBe(before);
  });

  it('but not if it is registered in a comment or a string only', () => {
    const before = withArgument(
      "{ imports: [] /* UnkeyModule.forRoot() */, providers: ['UnkeyModule.forRoot'] }",
    );
    expect(registerModule(before).text).toContain(`imports: [${REGISTRATION}]`);
  });
});

describe('a file whose form is not supported gets an error that says why', () => {
  it.each<[string, string]>([
    ['', 'has no @Module() decorator'],
    ['// @Module({})\nexport class AppModule {}', 'has no @Module() decorator'],
    ['@Module({ imports: [A }', 'has an @Module() whose brackets are not closed'],
    ['@Module({ imports: [A })\nexport class AppModule {}', 'has an @Module() whose brackets are not closed'],
    [
      '@Module(metadata)\nexport class AppModule {}',
      'passes something else than an object literal to @Module()',
    ],
    ['@Module({ imports })\nexport class AppModule {}', 'has an `imports` that is not an array literal'],
    [
      '@Module({ imports: modules })\nexport class AppModule {}',
      'has an `imports` that is not an array literal',
    ],
    [
      '@Module({ imports: [A].concat(B) })\nexport class AppModule {}',
      'has an `imports` that is not an array literal',
    ],
    ['@Module({})\nclass A {}\n@Module({})\nclass B {}', 'has several modules, and none is called AppModule'],
    ['@Module({})\nexport default function f() {}', 'has an @Module() without a class'],
  ])('%j', (text, message) => {
    expect(() => registerModule(text)).toThrow(message);
  });
});
