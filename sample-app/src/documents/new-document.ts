import * as z from 'zod';

export const newDocument = z.strictObject({ title: z.string().trim().min(1).max(200) });

export type NewDocument = z.infer<typeof newDocument>;
