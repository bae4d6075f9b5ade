// Compiles the JSON schemas of the emulator's request bodies, and of the files that its shell reads, into plain
// functions, so that the package needs no schema library at runtime. Does nothing if the output is newer than all its
// inputs.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const changed = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const shared = join(root, 'src/emulator/schemas/shared.json');

/** The folders with schemas, the property of their files that holds the schemas, and the file to write. */
const TARGETS = [
  {
    folder: 'src/emulator/schemas',
    member: 'operations',
    target: 'src/emulator/validation/validators.generated.js',
    type: "import('./validator.js').Validators",
    shapes: true,
  },
  {
    folder: 'src/cli/schemas',
    member: 'documents',
    target: 'src/cli/documents.generated.js',
    type: "import('./documents.js').Documents",
    shapes: false,
  },
];

/** Returns the schema with all references resolved, because the paths that the server reports contain none. */
function flatten(node, file, files) {
  if (Array.isArray(node)) return node.map((item) => flatten(item, file, files));
  if (node === null || typeof node !== 'object') return node;
  const { $ref, $comment: _, ...own } = node;
  const entries = Object.entries(own).filter(
    ([name, value]) => name !== 'description' || typeof value !== 'string',
  );
  const flat = Object.fromEntries(entries.map(([name, value]) => [name, flatten(value, file, files)]));
  if ($ref === undefined) return flat;
  const [name, pointer] = $ref.split('#');
  const parts = pointer.split('/').slice(1);
  const referred = parts.reduce((value, part) => value[part], files[name || file]);
  return { ...flatten(referred, name || file, files), ...flat };
}

/**
 * Returns how a valid value is parsed: `i` integer, `l` exact 64-bit integer, `s` string, `b` boolean, `*` any object,
 * `[shape]` list, `{…}` object, where a repeated property is merged into the one before; `['=', shape]` nullable object,
 * where a repeated property replaces the one before.
 */
function shape(schema) {
  const types = [schema.type].flat();
  if (types.includes('object')) {
    const members = Object.entries(schema.properties ?? {}).map(([name, value]) => [name, shape(value)]);
    const object = schema.properties ? Object.fromEntries(members) : '*';
    return types.includes('null') ? ['=', object] : object;
  }
  if (types.includes('array')) return [shape(schema.items)];
  if (types.includes('integer')) return schema.format === 'int64' ? 'l' : 'i';
  return types.includes('boolean') ? 'b' : 's';
}

/** Compiles each schema to a function, without any imports. */
async function compile(schemas) {
  const { default: Ajv } = await import('ajv');
  const { default: standaloneCode } = await import('ajv/dist/standalone/index.js');
  const ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    strictTypes: false,
    formats: { int64: true },
    messages: false,
    code: { source: true, esm: true },
  });
  const identifiers = Object.keys(schemas).map((name) => [`check_${name.replace('.', '_')}`, name]);
  for (const [identifier, name] of identifiers) ajv.addSchema({ ...schemas[name], $id: identifier });
  const code = standaloneCode(
    ajv,
    Object.fromEntries(identifiers.map(([identifier]) => [identifier, identifier])),
  )
    .replace('"use strict";', '')
    .replace(/export const (\w+) = (\w+);/g, 'const $1 = $2;')
    .replace(/require\("ajv\/dist\/runtime\/ucs2length"\)\.default/g, 'codePoints')
    // Every keyword repeats the same statements. Replacing them with a call halves the size of the file.
    .replace(
      /if\(vErrors === null\)\{vErrors = \[(err\d+)\];\}else \{vErrors\.push\(\1\);\}errors\+\+;/g,
      'vErrors = put(vErrors, $1);errors++;',
    )
    .replace(/;(function|const) /g, ';\n$1 ');
  if (/\brequire\(|\bimport /.test(code)) throw new Error('The compiled schemas still import code from ajv.');
  const object = identifiers.map(([identifier, name]) => `  '${name}': ${identifier},`).join('\n');
  return { code, object };
}

const HELPERS = `const codePoints = (text) => {
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
};`;

async function generate({ folder, member, target, type, shapes }) {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.json'));
  const sources = names.sort().map((name) => join(root, folder, name));
  const newest = Math.max(...[...sources, shared, fileURLToPath(import.meta.url)].map(changed));
  if (changed(join(root, target)) > newest && !process.argv.includes('--force')) return;

  const parsed = names.map((name) => [name, JSON.parse(readFileSync(join(root, folder, name), 'utf8'))]);
  const files = { 'shared.json': JSON.parse(readFileSync(shared, 'utf8')), ...Object.fromEntries(parsed) };
  const schemas = Object.fromEntries(
    parsed.flatMap(([file, content]) =>
      Object.entries(content[member] ?? {}).map(([name, schema]) => [name, flatten(schema, file, files)]),
    ),
  );
  const { code, object } = await compile(schemas);
  const parts = [
    '// Generated from JSON schemas by scripts/compile-schemas.mjs. Changes in this file are overwritten.',
    HELPERS,
    code,
    `/** @type {${type}} */\nexport const validators = {\n${object}\n};`,
  ];
  if (shapes) {
    const all = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, shape(schema)]));
    const record = "Readonly<Record<string, import('./shape.js').Shape>>";
    parts.push(`/** @type {${record}} */\nexport const shapes = ${JSON.stringify(all, null, 1)};`);
  }
  writeFileSync(join(root, target), `${parts.join('\n\n')}\n`);
}

/** Writes the version of package.json for `nestjs-unkey --version`, because both module formats find that file differently. */
function generateVersion() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const target = join(root, 'src/cli/version.generated.js');
  const text = `// Generated from package.json by scripts/compile-schemas.mjs.\nexport const VERSION = ${JSON.stringify(version)};\n`;
  if (changed(target) === 0 || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
}

for (const target of TARGETS) await generate(target);
generateVersion();
