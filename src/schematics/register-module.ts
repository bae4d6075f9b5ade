import { closingBracket, elementsOf, type Range } from './brackets.js';
import { maskCode } from './mask-code.js';

const REGISTRATION = 'UnkeyModule.forRoot({ globalGuard: true })';

/** Thrown if a module can't be edited. The message completes "src/app.module.ts …". */
export class ModuleShapeError extends Error {
  override readonly name = 'ModuleShapeError';
}

/** A module file before and after the edit, as text and as masked code. */
interface Source {
  readonly text: string;
  readonly code: string;
  readonly eol: string;
}

interface Edit extends Range {
  readonly text: string;
}

/** The module of a file. */
export interface EditedModule {
  /** The name of the module's class. */
  readonly className: string;
  /** Whether the class is the default export of its file. */
  readonly isDefaultExport: boolean;
  /** The new text of the file. The same as before if `UnkeyModule` is registered already. */
  readonly text: string;
}

/**
 * Registers `UnkeyModule` with a global guard in the text of a module file. Everything else in the file stays as it is.
 *
 * @throws ModuleShapeError if the file has no module, or one whose form is not supported
 */
export function registerModule(text: string): EditedModule {
  const source: Source = { text, code: maskCode(text), eol: text.includes('\r\n') ? '\r\n' : '\n' };
  const { className, open, close } = findModule(source.code);
  const isDefaultExport = new RegExp(`\\bexport\\s+default\\s+(?:class\\s+)?${className}\\b`).test(
    source.code,
  );
  if (isRegistered(source.code)) return { className, isDefaultExport, text };
  const edits = [...importEdits(source), ...moduleEdits(source, open, close)];
  return { className, isDefaultExport, text: applied(text, edits) };
}

/** Whether `UnkeyModule` is registered already, by its own name or by the one that the import gives it. */
function isRegistered(code: string): boolean {
  const name = /\bUnkeyModule\s+as\s+(\w+)/.exec(code)?.[1] ?? 'UnkeyModule';
  return new RegExp(`\\b${name}\\s*\\.\\s*forRoot`).test(code);
}

/** Returns the class name of a module, and the parentheses of its `@Module()`. */
function findModule(code: string): { className: string; open: number; close: number } {
  const modules = [...code.matchAll(/@Module\s*\(/g)].map(({ 0: found, index }) => {
    const open = index + found.length - 1;
    const close = closingBracket(code, open);
    if (close === -1) throw new ModuleShapeError('has an @Module() whose brackets are not closed');
    return { className: /\bclass\s+(\w+)/.exec(code.slice(close))?.[1] ?? '', open, close };
  });
  const [first, ...others] = modules;
  if (first === undefined) throw new ModuleShapeError('has no @Module() decorator');
  const found = others.length === 0 ? first : modules.find(({ className }) => className === 'AppModule');
  if (found === undefined) throw new ModuleShapeError('has several modules, and none is called AppModule');
  if (found.className === '') throw new ModuleShapeError('has an @Module() without a class');
  return found;
}

/** Adds the import after the last one, in its style. */
function importEdits({ code, eol }: Source): Edit[] {
  if (/\bimport\s*\{[^}]*\bUnkeyModule\b/.test(code)) return [];
  const last = [...code.matchAll(/^import\b[^;'"`()]*(['"])_*\1[ \t]*;?/gm)].at(-1);
  if (last === undefined) {
    const at = code.startsWith('\uFEFF') ? 1 : 0;
    return [insertion(at, `import { UnkeyModule } from 'nestjs-unkey';${eol}`)];
  }
  const { 0: statement, 1: quote = "'", index } = last;
  const end = index + statement.length;
  const semicolon = statement.endsWith(';') ? ';' : '';
  const text = `${eol}import { UnkeyModule } from ${quote}nestjs-unkey${quote}${semicolon}`;
  return [insertion(afterBlanks(code, end), text)];
}

/** Adds the registration to `imports` of the argument between two parentheses. */
function moduleEdits(source: Source, open: number, close: number): Edit[] {
  const { code, text, eol } = source;
  const argument = code.slice(open + 1, close).trim();
  if (argument === '') return [insertion(open + 1, `{ imports: [${REGISTRATION}] }`)];
  if (!argument.startsWith('{')) {
    throw new ModuleShapeError('passes something else than an object literal to @Module()');
  }
  const brace = code.indexOf('{', open);
  const end = closingBracket(code, brace);
  const properties = elementsOf(code, brace, end);
  const [first] = properties;
  const imports = properties.find(({ start }) => /^['"]?imports['"]?\s*[:,}]/.test(text.slice(start)));
  if (imports !== undefined) return [...elementEdits(source, arrayOf(code, imports))];
  if (first === undefined) {
    return text.slice(brace + 1, end).trim() === ''
      ? [{ start: brace + 1, end, text: ` imports: [${REGISTRATION}] ` }]
      : [insertion(brace + 1, ` imports: [${REGISTRATION}],`)];
  }
  const isMultiline = code.slice(brace, first.start).includes('\n');
  const separator = isMultiline ? eol + indentAt(text, first.start) : ' ';
  return [insertion(first.start, `imports: [${REGISTRATION}],${separator}`)];
}

/** Returns the brackets of a property whose value is an array literal. */
function arrayOf(code: string, { start, end }: Range): Range {
  const open = /^\S+\s*:\s*\[/.exec(code.slice(start, end))?.[0].length;
  if (open === undefined || closingBracket(code, start + open - 1) !== end - 1) {
    throw new ModuleShapeError('has an `imports` that is not an array literal');
  }
  return { start: start + open - 1, end: end - 1 };
}

/** Adds the registration as the last element of an array literal. */
function elementEdits({ code, text, eol }: Source, { start: open, end: close }: Range): Edit[] {
  const elements = elementsOf(code, open, close);
  const [first, last] = [elements[0], elements.at(-1)];
  if (first === undefined || last === undefined) return [insertion(open + 1, REGISTRATION)];
  if (!code.slice(open, first.start).includes('\n')) return [insertion(last.end, `, ${REGISTRATION}`)];

  const comma = code.slice(last.end, close).indexOf(',');
  const added = `${eol}${indentAt(text, first.start)}${REGISTRATION}`;
  // After a comment that belongs to the last element.
  return comma === -1
    ? [insertion(last.end, ','), insertion(afterBlanks(code, last.end), added)]
    : [insertion(afterBlanks(code, last.end + comma + 1), `${added},`)];
}

/** Returns the end of the line if nothing but blanks and comments is left in it, else the position itself. */
function afterBlanks(code: string, at: number): number {
  return at + (/^[ \t]*(?=\r?\n|$)/.exec(code.slice(at))?.[0].length ?? 0);
}

/** Returns the blanks before what is first in its line. */
function indentAt(text: string, at: number): string {
  return /[ \t]*$/.exec(text.slice(0, at))?.[0] ?? '';
}

function insertion(at: number, text: string): Edit {
  return { start: at, end: at, text };
}

function applied(text: string, edits: readonly Edit[]): string {
  let result = '';
  let copied = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(copied, edit.start) + edit.text;
    copied = edit.end;
  }
  return result + text.slice(copied);
}
