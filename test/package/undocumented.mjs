import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const EXPORTS = /^export (?:type )?\{([^}]*)\} from '(\.[^']*)\.js';$/gms;

/** The names that an entry point exports and whose declaration has no doc comment above it, each with its file. */
export function undocumented(entry) {
  const folder = dirname(entry);
  return [...readFileSync(entry, 'utf8').matchAll(EXPORTS)].flatMap(([, names, file]) => {
    // Another entry point, which is checked by itself.
    if (file.endsWith('/index')) return [];
    const path = join(folder, `${file}.d.ts`);
    const types = readFileSync(path, 'utf8');
    return names
      .split(',')
      .map((name) => name.replace(/^\s*type\s/, '').trim())
      .filter((name) => name !== '' && !isDocumented(types, name))
      .map((name) => `${name} (${relative(folder, path)})`);
  });
}

/** An interface that only holds members together may leave the word to them. */
function isDocumented(types, name) {
  const declaration = new RegExp(
    `^export (?:declare )?(?:abstract )?(?:(?:class|function|const|type)|(interface)) ${name}\\b`,
    'm',
  ).exec(types);
  if (declaration === null) return false;
  if (types.slice(0, declaration.index).trimEnd().endsWith('*/')) return true;
  const body = types.slice(declaration.index, types.indexOf('\n}', declaration.index));
  return declaration[1] === 'interface' && body.includes('/**');
}
