import type { Awaitable } from '../contracts/awaitable.js';
import type { StandardSchemaV1 } from '../contracts/standard-schema.js';

/** The output of a schema, or where the value does not match it. */
export type MetaResult =
  | { readonly value: unknown }
  | {
      /** Each path as a text, such as `limits.0.name`; empty if the schema names none. Contains no values. */
      readonly paths: readonly string[];
      /** Set if the schema did not judge the value. */
      readonly reason?: 'the schema threw an error' | 'the schema returned neither a value nor issues';
    };

/** The longest path, and the maximum number of paths. Names of properties come from the data, so they can be anything. */
const MAX_PATH = 100;
const MAX_PATHS = 10;

const THREW: MetaResult = Object.freeze({ paths: [], reason: 'the schema threw an error' });
const NEITHER: MetaResult = Object.freeze({
  paths: [],
  reason: 'the schema returned neither a value nor issues',
});

/**
 * Checks a value with a schema. Returns a promise only if the schema does. Never throws and never rejects: what a schema
 * throws may contain the value.
 */
export function validateMeta(schema: StandardSchemaV1, value: unknown): Awaitable<MetaResult> {
  try {
    const result: unknown = schema['~standard'].validate(value);
    // Some schemas are async for some values only.
    return isThenable(result)
      ? Promise.resolve(result)
          .then(readResult)
          .catch(() => THREW)
      : readResult(result);
  } catch {
    return THREW;
  }
}

function readResult(result: unknown): MetaResult {
  if (typeof result !== 'object' || result === null) return NEITHER;
  const issues: unknown = Reflect.get(result, 'issues');
  if (issues !== undefined && issues !== null) return { paths: pathsOf(issues) };
  return 'value' in result ? { value: result.value } : NEITHER;
}

function pathsOf(issues: unknown): string[] {
  if (!Array.isArray(issues)) return [];
  const paths = issues.slice(0, MAX_PATHS).map((issue: unknown) => pathOf(property(issue, 'path')));
  return [...new Set(paths)].filter((path) => path !== '');
}

function pathOf(path: unknown): string {
  if (!Array.isArray(path)) return '';
  const names = path.map((item: unknown) => String(typeof item === 'object' ? property(item, 'key') : item));
  const text = names.join('.');
  return text.length > MAX_PATH ? `${text.slice(0, MAX_PATH)}…` : text;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof property(value, 'then') === 'function';
}
