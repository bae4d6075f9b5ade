/** Lone surrogates in requests are replaced, so this mark cannot occur in a caller's text. */
const MARK = '\ud800';
const MARKED = /"\\ud800((?:[^"\\]|\\.)*)"/g;

/** JSON that is sent verbatim: an integer beyond 2^53, `-0`, or nesting too deep for `JSON.stringify`. */
export class JsonText {
  constructor(readonly text: string) {}

  toJSON(): string {
    return MARK + this.text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** Serializes a value, with `<`, `>` and `&` escaped as Unkey's server does. */
export function toJson(value: unknown): string {
  let json = JSON.stringify(value);
  if (json.includes('"\\ud800')) {
    json = json.replace(MARKED, (_, text: string) => String(JSON.parse(`"${text}"`)));
  }
  return /[<>&\u2028\u2029]/.test(json)
    ? json.replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character)
    : json;
}

/** A 64-bit integer for a response: a number, or its digits if a number would round it. */
export function exactInteger(value: bigint): number | JsonText {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : new JsonText(String(value));
}
