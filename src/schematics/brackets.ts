/** A part of a text. `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Returns the position of the bracket that closes the one at `open`, or -1 if none does. Takes masked code. */
export function closingBracket(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    const character = code.charAt(at);
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** Returns the elements of an array literal, or the properties of an object literal. Takes masked code. */
export function elementsOf(code: string, open: number, close: number): Range[] {
  const elements: Range[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = start; at <= close; at++) {
    const character = code.charAt(at);
    if (at === close || (character === ',' && depth === 0)) {
      const text = code.slice(start, at);
      const trimmed = text.trim();
      const first = start + text.indexOf(trimmed);
      if (trimmed !== '') elements.push({ start: first, end: first + trimmed.length });
      start = at + 1;
    } else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
  }
  return elements;
}
