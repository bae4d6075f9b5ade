import * as v from 'valibot';

export const newDocument = v.object(
  {
    title: v.pipe(
      v.string('must be a string'),
      v.trim(),
      v.nonEmpty('must not be empty'),
      v.maxLength(200, 'must have at most 200 characters'),
    ),
  },
  'must be an object with a title',
);

export type NewDocument = v.InferOutput<typeof newDocument>;
