import { JsonText } from '../json-text.js';

/** Stored metadata: an object, or its JSON if serializing an object would change it. */
export type Meta = Readonly<Record<string, unknown>> | JsonText;

/** The maximum size of a key's metadata, in bytes of JSON. */
export const KEY_META_LIMIT = 65_535;
/** The maximum size of an identity's metadata, in bytes of JSON. */
export const IDENTITY_META_LIMIT = 1024 * 1024;

/**
 * Metadata as responses return it: members sorted by name at every depth.
 *
 * @param value the valid `meta` of a request
 * @param negativeZero whether `-0` is kept, as in a key's metadata
 * @returns no `meta` for an empty object, which responses leave out
 */
export function storedMeta(value: object, negativeZero: boolean): { meta: Meta | undefined; bytes: number } {
  const text = canonicalJson(value, negativeZero);
  if (text === '{}') return { meta: undefined, bytes: 2 };
  const bytes = Buffer.byteLength(text);
  // JSON.stringify is recursive, so deeply nested metadata is kept as text.
  const needsText = /[:,[]-0[,}\]]/.test(text) || depthOf(value) > 500;
  return { meta: needsText ? new JsonText(text) : asObject(JSON.parse(text)), bytes };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** JSON with sorted members. It is not recursive, because the caller decides the depth. */
export function canonicalJson(root: unknown, negativeZero = true): string {
  const pieces: string[] = [];
  const todo: { value?: unknown; text?: string }[] = [{ value: root }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (next.text !== undefined) pieces.push(next.text);
    else if (Array.isArray(next.value)) openArray(next.value, todo);
    else if (typeof next.value === 'object' && next.value !== null) openObject(next.value, todo);
    else if (negativeZero && Object.is(next.value, -0)) pieces.push('-0');
    else pieces.push(JSON.stringify(next.value));
  }
  return pieces.join('');
}

function openArray(items: readonly unknown[], todo: { value?: unknown; text?: string }[]): void {
  todo.push({ text: ']' });
  for (let i = items.length - 1; i >= 0; i--) {
    todo.push({ value: items[i] });
    if (i > 0) todo.push({ text: ',' });
  }
  todo.push({ text: '[' });
}

function openObject(object: object, todo: { value?: unknown; text?: string }[]): void {
  const members = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  todo.push({ text: '}' });
  for (const [index, [name, value]] of members.reverse().entries()) {
    todo.push({ value }, { text: `${JSON.stringify(name)}:` });
    if (index < members.length - 1) todo.push({ text: ',' });
  }
  todo.push({ text: '{' });
}

function depthOf(root: unknown): number {
  let level: unknown[] = [root];
  let depth = 0;
  while (level.length > 0) {
    depth++;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return depth;
}
