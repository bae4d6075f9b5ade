// Reads declarations and their doc comments from the sources, as in the published types.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Parses a source file of the package. */
export function source(path) {
  const text = readFileSync(join(root, path), 'utf8');
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

/** Returns the doc comment of a declaration: its text with one line per paragraph, and its tags by name. */
export function docOf(node) {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  const tags = Object.fromEntries(
    (doc?.tags ?? []).map((tag) => [tag.tagName.text, plain(ts.getTextOfJSDocComment(tag.comment) ?? '')]),
  );
  return { text: plain(ts.getTextOfJSDocComment(doc?.comment) ?? ''), tags };
}

/** Returns the members of an exported interface, in order, without `@internal` members, as in the published types. */
export function membersOf(path, name) {
  const [declaration] = source(path).statements.filter(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (declaration === undefined) throw new Error(`${path} declares no interface ${name}`);
  return declaration.members
    .map((member) => ({
      name: member.name.getText(),
      type: member.type?.getText().replace(/\s+/g, ' ') ?? '',
      isOptional: member.questionToken !== undefined,
      ...docOf(member),
    }))
    .filter(({ tags }) => !('internal' in tags));
}

/** Returns the exports of an entry point: the name, whether it is only a type, and the doc comment of its declaration. */
export function exportsOf(path) {
  return source(path).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause) return [];
    const file = join(dirname(path), statement.moduleSpecifier.text.replace(/\.js$/, '.ts'));
    return statement.exportClause.elements.map((element) => ({
      name: element.name.text,
      isType: statement.isTypeOnly || element.isTypeOnly,
      ...declared(file, (element.propertyName ?? element.name).text),
    }));
  });
}

/** Finds a declaration by name, and follows re-exports. */
function declared(file, name) {
  for (const statement of source(file).statements) {
    if (ts.isExportDeclaration(statement)) {
      const found = exportsOf(file).find((entry) => entry.name === name);
      if (found !== undefined) return { file: found.file, text: found.text, tags: found.tags };
    }
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.flatMap(({ name: binding }) => namesIn(binding))
      : [statement.name?.text];
    if (names.includes(name)) return { file, ...docOf(statement) };
  }
  throw new Error(`${file} declares no ${name}`);
}

function namesIn(binding) {
  return ts.isIdentifier(binding) ? [binding.text] : binding.elements.map(({ name }) => name.text);
}

/** Converts a comment to plain text: `{@link Name}` becomes the name, and line breaks inside a paragraph become spaces. */
function plain(comment) {
  return comment
    .replace(/\{@link\s+([^}|]+?)\s*(?:\|\s*([^}]+))?\}/g, (_, name, label) => `\`${label ?? name}\``)
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, ' ').trim())
    .join('\n');
}
