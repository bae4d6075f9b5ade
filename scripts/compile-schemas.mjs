// Compiles the JSON schemas of the emulator's request bodies into plain functions, so that nobody who installs the
// package gets a schema library with it. Skipped when the output is newer than everything it is made of.
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'src/testing/emulator/schemas');
const target = join(root, 'src/testing/emulator/validation/validators.generated.js');

const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort();
const changed = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const newest = Math.max(
  ...sources.map((name) => changed(join(folder, name))),
  changed(fileURLToPath(import.meta.url)),
);
if (changed(target) > newest && !process.argv.includes('--force')) process.exit(0);

const files = Object.fromEntries(
  sources.map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))]),
);

/** The schema without references: the server reports where a keyword stands, and that path knows none. */
const flatten = (node, file) => {
  if (Array.isArray(node)) return node.map((item) => flatten(item, file));
  if (node === null || typeof node !== 'object') return node;
  const { $ref, $comment: _, ...own } = node;
  const flat = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, flatten(value, file)]));
  if ($ref === undefined) return flat;
  const [name, pointer] = $ref.split('#');
  const target = pointer
    .split('/')
    .slice(1)
    .reduce((value, part) => value[part], files[name || file]);
  return { ...flatten(target, name || file), ...flat };
};

/**
 * How a value is read once it is valid: `i` integer, `l` 64-bit integer kept exactly, `s` text, `b` boolean,
 * `*` anything; `[shape]` a list, `{…}` an object of which each repetition adds to the one before.
 */
const shape = (schema) => {
  const types = [schema.type].flat();
  if (types.includes('object')) {
    if (!schema.properties) return '*';
    return Object.fromEntries(Object.entries(schema.properties).map(([name, value]) => [name, shape(value)]));
  }
  if (types.includes('array')) return [shape(schema.items)];
  if (types.includes('integer')) return schema.format === 'int64' ? 'l' : 'i';
  return types.includes('boolean') ? 'b' : 's';
};

const operations = Object.fromEntries(
  Object.entries(files).flatMap(([file, { operations = {} }]) =>
    Object.entries(operations).map(([name, schema]) => [name, flatten(schema, file)]),
  ),
);

const { default: Ajv } = await import('ajv');
const { default: standaloneCode } = await import('ajv/dist/standalone/index.js');
const ajv = new Ajv({
  allErrors: true,
  allowUnionTypes: true,
  strictTypes: false,
  formats: { int64: true },
  inlineRefs: false,
  messages: false,
  code: { source: true, esm: true },
});
const identifiers = new Map(Object.keys(operations).map((name) => [name.replace('.', '_'), name]));
for (const [identifier, name] of identifiers) ajv.addSchema({ ...operations[name], $id: identifier });

const code = standaloneCode(ajv, Object.fromEntries([...identifiers.keys()].map((name) => [name, name])))
  .replace('"use strict";', '')
  .replace(/export const (\w+) = (\w+);/g, 'const $1 = $2;')
  .replace(/require\("ajv\/dist\/runtime\/ucs2length"\)\.default/g, 'codePoints')
  // The same statements stand at every keyword; as a call they make the file half as long.
  .replace(
    /if\(vErrors === null\)\{vErrors = \[(err\d+)\];\}else \{vErrors\.push\(\1\);\}errors\+\+;/g,
    'vErrors = put(vErrors, $1);errors++;',
  )
  .replace(/;(function|const) /g, ';\n$1 ');
if (/\brequire\(|\bimport /.test(code)) throw new Error('The compiled schemas still need something of ajv.');

mkdirSync(join(target, '..'), { recursive: true });
writeFileSync(
  target,
  `// Made from the files in ../schemas by scripts/compile-schemas.mjs; changes here are lost.
const codePoints = (text) => {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) (count--, i++);
  }
  return count;
};
const put = (list, error) => {
  if (list === null) return [error];
  list.push(error);
  return list;
};
${code}
/** @type {import('./validator.js').Validators} */
export const validators = {
${[...identifiers].map(([identifier, name]) => `  '${name}': ${identifier},`).join('\n')}
};

/** @type {Readonly<Record<string, import('./validator.js').Shape>>} */
export const shapes = ${JSON.stringify(Object.fromEntries(Object.entries(operations).map(([name, schema]) => [name, shape(schema)])), null, 1)};
`,
);
