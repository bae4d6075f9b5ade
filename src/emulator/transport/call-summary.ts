/** The code of a verification, or the end of an error's type, such as `key_not_found`. Empty for other responses. */
export function codeOf(answer: unknown): string {
  const code = member(member(answer, 'data'), 'code');
  if (typeof code === 'string') return code;
  const type = member(member(answer, 'error'), 'type');
  return typeof type === 'string' ? type.slice(type.lastIndexOf('/') + 1) : '';
}

/** The start of a key, enough to recognize it and not enough to use it. */
export function shortenedKey(key: string): string {
  const shown = Math.min(key.lastIndexOf('_') + 5, Math.floor(key.length / 2), 16);
  return `${key.slice(0, shown).replace(/[^\x20-\x7e]/g, '?')}…`;
}

/** The parsed JSON; `undefined` if a text is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A member of a value that may not be an object. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
