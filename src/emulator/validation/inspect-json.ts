import { endOfNumber, endOfString, skipBlanks } from './json-scanner.js';

/** The maximum nesting depth of the server's decoder. */
const MAX_DEPTH = 10_000;

/**
 * Checks JSON for what `JSON.parse` does not report. `plain`: Unkey's server reads it like `JSON.parse`. `special`: it has
 * numbers that are not plain integers, or repeated members. `refused`: it is nested too deeply, or a number is out of
 * range.
 */
export function inspectJson(json: string): 'plain' | 'special' | 'refused' {
  let special = false;
  const members: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length;) {
    const code = json.charCodeAt(at);
    if (code === 34) {
      const end = endOfString(json, at);
      if (json.charCodeAt(skipBlanks(json, end)) === 58)
        special = isRepeated(json.slice(at, end), members) || special;
      at = end;
    } else if (code === 45 || (code >= 48 && code <= 57)) {
      const end = endOfNumber(json, at);
      const number = json.slice(at, end);
      if (!Number.isFinite(Number(number))) return 'refused';
      special ||= number.length > 15 || /[.eE]/.test(number);
      at = end;
    } else {
      if (code === 123) members.push(new Set());
      else if (code === 91) members.push(undefined);
      else if (code === 125 || code === 93) members.pop();
      if (members.length > MAX_DEPTH) return 'refused';
      at++;
    }
  }
  return special ? 'special' : 'plain';
}

function isRepeated(literal: string, members: readonly (Set<string> | undefined)[]): boolean {
  const names = members[members.length - 1];
  const name = literal.includes('\\') ? JSON.stringify(JSON.parse(literal)) : literal;
  if (!names || names.has(name)) return true;
  names.add(name);
  return false;
}

/** Replaces escapes of lone surrogates by U+FFFD, as Unkey's server does. */
export function withoutLoneSurrogates(json: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(json)) return json;
  return json.replace(
    /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|[^])/g,
    (escape) => (escape.length === 6 ? '\\ufffd' : escape),
  );
}
