import { property } from '../property.js';

/**
 * Returns every value of a request header, in order. It reads `rawHeaders`, because Node's `headers` join a repeated
 * `x-api-key` into one string and drop a second `Authorization`.
 */
export function headerValues(request: unknown, name: string): string[] {
  const wanted = name.toLowerCase();
  const raw = property(property(request, 'raw'), 'rawHeaders') ?? property(request, 'rawHeaders');
  // Platforms that create their own request objects (serverless adapters) leave the list empty.
  if (Array.isArray(raw) && raw.length > 0) return valuesIn(raw, wanted);
  const value = property(property(request, 'headers'), wanted);
  if (typeof value === 'string') return [value];
  return isTexts(value) ? [...value] : [];
}

/** `rawHeaders` alternates names and values. */
function valuesIn(raw: readonly unknown[], wanted: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index];
    const value = raw[index + 1];
    // Compares the length first, so that few names are converted to lower case.
    if (typeof name !== 'string' || typeof value !== 'string' || name.length !== wanted.length) continue;
    if (name.toLowerCase() === wanted) values.push(value);
  }
  return values;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
