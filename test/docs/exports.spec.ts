import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ENTRY_FILES } from '../../scripts/entry-points.mjs';
import { ROOT } from './markdown.js';

const config = ts.getParsedCommandLineOfConfigFile(
  `${ROOT}tsconfig.build.json`,
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, ' '));
    },
  },
);
const pathOf = (file: string) => `${ROOT}src/${file}.ts`;
const program = ts.createProgram(ENTRY_FILES.map(pathOf), config?.options ?? {});
const checker = program.getTypeChecker();

/** The names in the table under the heading of an entry point. */
function namedFor(entryPoint: string): string[] {
  const page = readFileSync(`${ROOT}docs/reference.md`, 'utf8');
  const section = page.split(`\n### \`${entryPoint}\`\n`)[1]?.split(/^#{2,3} /m)[0] ?? '';
  return [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
}

describe('the reference names every export of every entry point, and nothing else', () => {
  it.each(ENTRY_FILES)('src/%s.ts', (file) => {
    const source = program.getSourceFile(pathOf(file));
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} exports nothing`);
    const exported = checker.getExportsOfModule(module).map(({ name }) => name);
    const entryPoint = ['nestjs-unkey', file.replace(/\/?index$/, '')].filter(Boolean).join('/');
    // `nestjs-unkey/testing` exports the emulator too, and the page says so in a sentence.
    const named = [
      ...namedFor(entryPoint),
      ...(file === 'testing/index' ? namedFor('nestjs-unkey/emulator') : []),
    ];
    expect(named.toSorted()).toEqual(exported.toSorted());
  });
});
