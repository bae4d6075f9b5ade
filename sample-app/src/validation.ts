import { BadRequestException, StandardSchemaValidationPipe } from '@nestjs/common';

/** Checks what `@Body({ schema })` and its like ask for, and answers the first fault in one sentence. */
export const validation = new StandardSchemaValidationPipe({
  exceptionFactory: ([issue]) => {
    const keys = issue?.path?.map((segment) => (typeof segment === 'object' ? segment.key : segment)) ?? [];
    const field = keys.length === 0 ? 'The body' : keys.join('.');
    return new BadRequestException(`${field} ${issue?.message ?? 'is not valid'}.`);
  },
});
