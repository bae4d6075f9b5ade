/** A token of a permission query; `position` counts bytes from zero. */
export interface Token {
  kind: 'permission' | 'and' | 'or' | '(' | ')' | 'illegal' | 'end';
  text: string;
  position: number;
}

/**
 * Splits a permission query into tokens, byte by byte as Unkey does: each byte of a multi-byte character counts as
 * the Latin-1 character with that number. A NUL ends the query.
 */
export function tokenize(query: string): Token[] {
  const bytes = Buffer.from(query, 'utf8');
  const text = bytes.toString('latin1');
  const tokens: Token[] = [];
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const character = text.charAt(at);
    if (/[ \t\r\n]/.test(character)) {
      at++;
    } else if (character === '(' || character === ')') {
      tokens.push({ kind: character, text: character, position: at++ });
    } else {
      const name = /^[\p{L}\p{Nd}._\-*:/]+/u.exec(text.slice(at))?.[0];
      if (name === undefined) tokens.push({ kind: 'illegal', text: character, position: at++ });
      else {
        tokens.push({ kind: kindOf(name), text: Buffer.from(name, 'latin1').toString('utf8'), position: at });
        at += name.length;
      }
    }
  }
  tokens.push({ kind: 'end', text: '', position: at });
  return tokens;
}

function kindOf(name: string): Token['kind'] {
  const word = name.toLowerCase();
  return word === 'and' || word === 'or' ? word : 'permission';
}
