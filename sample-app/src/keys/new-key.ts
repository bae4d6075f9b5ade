import * as z from 'zod';

/** The permissions that customers may give to their keys. Keys with other permissions come from an administrator. */
const GRANTABLE = ['documents.read', 'documents.list', 'documents.write'] as const;

/** The body of a request that creates a key. Everything else about the key is decided by the server. */
export const newKey = z.strictObject({
  name: z.string().trim().min(1).max(100),
  permissions: z.array(z.enum(GRANTABLE)).min(1),
  expiresInDays: z.int().min(1).max(365).optional(),
});

export type NewKey = z.infer<typeof newKey>;

/** The body of a request that replaces a key. Both keys work during the grace period. */
export const reroll = z.strictObject({
  graceMinutes: z.int().min(0).max(10_080).default(60),
});

export type Reroll = z.infer<typeof reroll>;
