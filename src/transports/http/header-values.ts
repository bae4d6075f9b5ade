import { property } from '../property.js';

/**
 * Every value that a request carries under a header's name, in order. Read from `rawHeaders`: Node joins a
 * repeated `x-api-key` into one text and drops a second `Authorization`, so its `headers` hide what was sent.
 */
export function headerValues(request: unknown, name: string): string[] {
  const wanted = name.toLowerCase();
  const raw = property(property(request, 'raw'), 'rawHeaders') ?? property(request, 'rawHeaders');
  // A platform that makes requests of its own (serverless adapters) leaves the list empty.
  if (Array.isArray(raw) && raw.length > 0) return valuesIn(raw, wanted);
  const value = property(property(request, 'headers'), wanted);
  if (typeof value === 'string') return [value];
  return isTexts(value) ? [...value] : [];
}

/** Names and values stand in turn. */
function valuesIn(raw: readonly unknown[], wanted: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index];
    const value = raw[index + 1];
    // By length first: lower case is made of few names that way.
    if (typeof name !== 'string' || typeof value !== 'string' || name.length !== wanted.length) continue;
    if (name.toLowerCase() === wanted) values.push(value);
  }
  return values;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
