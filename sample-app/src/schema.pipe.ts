import { BadRequestException, type PipeTransform } from '@nestjs/common';
import type * as z from 'zod';

/** Validates a value by a schema, and answers 400 with all problems in one sentence. */
export class SchemaPipe<Output> implements PipeTransform<unknown, Output> {
  constructor(private readonly schema: z.ZodType<Output>) {}

  transform(value: unknown): Output {
    const { success, data, error } = this.schema.safeParse(value ?? {});
    if (success) return data;
    const problems = error.issues.map(({ path, message }) => [...path, message].join(': '));
    throw new BadRequestException(`${problems.join('; ')}.`);
  }
}
