import type { Schemas } from './open-api.js';
import type { ResponseOptions } from './response-options.js';

const CODE = { type: 'string', description: 'Why the request was denied, as a fixed word.' };
const REQUIRED = { type: 'string', description: 'The permissions that the request needs, as a query.' };

/** Returns the name and the schema of the body of a denial. */
export function bodySchema({
  problemDetails,
  exposeRequiredPermissions,
}: ResponseOptions): [name: string, schema: Schemas[string]] {
  const required = exposeRequiredPermissions ? { required: REQUIRED } : {};
  return problemDetails
    ? [
        'UnkeyProblem',
        {
          type: 'object',
          properties: {
            type: { type: 'string' },
            title: { type: 'string', description: 'The name of the status.' },
            status: { type: 'integer' },
            detail: { type: 'string', description: 'One sentence for people.' },
            code: CODE,
            ...required,
          },
          required: ['type', 'title', 'status', 'detail', 'code'],
        },
      ]
    : [
        'UnkeyError',
        {
          type: 'object',
          properties: {
            statusCode: { type: 'integer' },
            message: { type: 'string', description: 'One sentence for people.' },
            error: { type: 'string', description: 'The name of the status.' },
            code: CODE,
            ...required,
          },
          required: ['statusCode', 'message', 'error', 'code'],
        },
      ];
}
