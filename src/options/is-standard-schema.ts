import type { StandardSchemaV1 } from '../contracts/standard-schema.js';

/** Whether a value is a schema of Standard Schema v1. Schemas of arktype are functions. */
export function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const props: unknown = Reflect.get(value, '~standard');
  if (typeof props !== 'object' || props === null) return false;
  return Reflect.get(props, 'version') === 1 && typeof Reflect.get(props, 'validate') === 'function';
}
