const QUOTE = 34;
const BACKSLASH = 92;

/** Index after the string that begins with the quote at `start`. */
export function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end + 1;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** Index after the number that begins at `start`. */
export function endOfNumber(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && isNumberCharacter(json.charCodeAt(end))) end++;
  return end;
}

function isNumberCharacter(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || code === 46 || code === 43 || code === 45 || code === 69 || code === 101
  );
}

/** Index of the first character at or after `start` that is not white space. */
export function skipBlanks(json: string, start: number): number {
  let at = start;
  while (at < json.length && isBlank(json.charCodeAt(at))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

/** Index after the value that begins at `start`. It is not recursive, so any nesting depth works. */
export function endOfValue(json: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else {
      if (code === 123 || code === 91) depth++;
      else if (code === 125 || code === 93) depth--;
      at++;
      if (depth === 0 && code !== 125 && code !== 93) at = endOfScalar(json, at);
    }
  } while (depth > 0 && at < json.length);
  return at;
}

function endOfScalar(json: string, start: number): number {
  let at = start;
  while (at < json.length && !isBlank(json.charCodeAt(at)) && !',]}'.includes(json.charAt(at))) at++;
  return at;
}
