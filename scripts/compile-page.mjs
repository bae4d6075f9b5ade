// Compiles the page of the emulator into one module that exports its files as texts: both module formats find files on
// disk differently. The scripts are compiled one by one, for browsers; nothing is bundled. Does nothing if the output is
// newer than all its inputs.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src/emulator/page/client', import.meta.url));
const target = fileURLToPath(new URL('../src/emulator/page/page-files.generated.js', import.meta.url));
const changed = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const names = readdirSync(folder)
  .filter((name) => /\.(?:html|css|ts)$/.test(name))
  .sort();

async function compile() {
  const { default: ts } = await import('typescript');
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    removeComments: true,
    verbatimModuleSyntax: true,
  };
  const files = names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return name.endsWith('.ts')
      ? [name.replace(/ts$/, 'js'), ts.transpileModule(text, { compilerOptions }).outputText]
      : [name, text];
  });
  const comment =
    '// Generated from src/emulator/page/client by scripts/compile-page.mjs. Changes in this file are overwritten.';
  const type = '/** @type {Readonly<Record<string, string>>} */';
  const object = JSON.stringify(Object.fromEntries(files), null, 2);
  return `${comment}\n\n${type}\nexport const pageFiles = ${object};\n`;
}

// The folder itself changes when a file is deleted.
const inputs = [fileURLToPath(import.meta.url), folder, ...names.map((name) => join(folder, name))];
const isCurrent = changed(target) > Math.max(...inputs.map(changed));
if (!isCurrent || process.argv.includes('--force')) writeFileSync(target, await compile());
