import { Body } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import * as z from 'zod';
import { SchemaPipe } from './schema.pipe.js';

type OpenApiSchema = NonNullable<Extract<Parameters<typeof ApiBody>[0], { schema: unknown }>['schema']>;

/** The request's body, validated by a schema. Swagger UI shows the schema. */
export function ValidBody(schema: z.ZodType): ParameterDecorator {
  const bodySchema = z.toJSONSchema(schema, { io: 'input', target: 'openapi-3.0' }) as OpenApiSchema;
  return (controller, handler = '', index) => {
    Body(new SchemaPipe(schema))(controller, handler, index);
    const descriptor = Object.getOwnPropertyDescriptor(controller, handler) ?? {};
    ApiBody({ schema: bodySchema })(controller, handler, descriptor);
  };
}
