import type { ErrorEntry } from '../api-error.js';
import type { SchemaError } from './validator.js';

/**
 * Schema errors as Unkey reports them: one entry per keyword and value. All missing members of an object share one
 * entry, and so do all unknown ones.
 */
export function describeViolations(errors: readonly SchemaError[]): ErrorEntry[] {
  const entries = new Map<string, { location: string; message: string }>();
  const mistyped = new Set(
    errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath),
  );
  for (const [index, error] of errors.entries()) {
    // For a value of the wrong type, only the type is reported.
    if (error.keyword !== 'type' && mistyped.has(error.instancePath)) continue;
    const location = error.schemaPath.slice(1);
    const member = error.params['missingProperty'] ?? error.params['additionalProperty'];
    const group = member === undefined ? String(index) : `${location} ${error.instancePath}`;
    const known = entries.get(group);
    if (known) known.message += `, '${String(member)}'`;
    else entries.set(group, { location, message: describe(error) });
  }
  return [...entries.values()];
}

function describe({ keyword, params, instancePath }: SchemaError): string {
  const where = instancePath === '' ? 'the document' : placeOf(instancePath);
  const limit = String(params['limit']);
  switch (keyword) {
    case 'required':
      return `${where} lacks '${String(params['missingProperty'])}'`;
    case 'additionalProperties':
      return `${where} has unknown members: '${String(params['additionalProperty'])}'`;
    case 'type':
      return `${where} must be of type ${[params['type']].flat().join(' or ')}`;
    case 'enum':
      return `${where} must be one of ${[params['allowedValues']].flat().join(', ')}`;
    case 'pattern':
      return `${where} must match ${String(params['pattern'])}`;
    default:
      return `${where}: ${keyword} is ${limit}`;
  }
}

/** `/keys/0/name` as `keys[0].name`. */
function placeOf(instancePath: string): string {
  return instancePath
    .slice(1)
    .split('/')
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
}
