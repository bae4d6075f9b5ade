import type { ErrorEntry } from '../api-error.js';
import type { SchemaError } from './validator.js';

/**
 * The refusals of a schema as Unkey reports them: one entry per keyword and value, where all missing members of an
 * object share one entry, and all unknown ones another.
 */
export function describeViolations(errors: readonly SchemaError[]): ErrorEntry[] {
  const entries = new Map<string, { location: string; message: string }>();
  const mistyped = new Set(
    errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath),
  );
  for (const [index, error] of errors.entries()) {
    // Of a value of the wrong type no more is said.
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
    case 'minLength':
    case 'minItems':
    case 'minimum':
      return `${where}: ${keyword} is ${limit}`;
    default:
      return `${where}: ${keyword} is ${limit}, and the value is beyond it`;
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
