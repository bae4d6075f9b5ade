import { BadRequestException, StandardSchemaValidationPipe, type PipeTransform } from '@nestjs/common';
import type { GenericSchema } from 'valibot';

/** Validates parameters such as `@Body({ schema })`, and responds with the first error in one sentence. */
export const validation = new StandardSchemaValidationPipe({
  exceptionFactory: ([issue]) => {
    const keys = issue?.path?.map((segment) => (typeof segment === 'object' ? segment.key : segment)) ?? [];
    const field = keys.length === 0 ? 'The body' : keys.join('.');
    return new BadRequestException(`${field} ${issue?.message ?? 'is invalid'}.`);
  },
});

/** Validates one parameter, where a decorator takes no `schema`, such as `@Args()`. */
export function validatedBy(schema: GenericSchema): PipeTransform {
  return { transform: (value, metadata) => validation.transform(value, { ...metadata, schema }) };
}
