const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes a header that was sent as UTF-8. Node decodes headers as latin1, so each character of the text is one byte.
 *
 * Returns `undefined` if the text cannot be such bytes. It is not guessed how it was decoded instead: a wrong guess can
 * turn a character of a name into a quotation mark.
 */
export function headerText(value: string): string | undefined {
  if (!isBytes(value)) return undefined;
  try {
    return UTF8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return undefined;
  }
}

function isBytes(value: string): boolean {
  for (let at = 0; at < value.length; at++) if (value.charCodeAt(at) > 0xff) return false;
  return true;
}
