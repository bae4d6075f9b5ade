import * as z from 'zod';

/** The body of a request that creates a key for a customer. */
export const customerKey = z.strictObject({
  externalId: z.string().regex(/^[\w.-]{3,100}$/),
  name: z.string().trim().min(1).max(100),
  permissions: z.array(z.string().regex(/^[\w:.*-]{1,128}$/)).default(['documents.read']),
  plan: z.enum(['free', 'pro']).default('free'),
});

export type CustomerKey = z.infer<typeof customerKey>;

/** The body of a request that asks whose key this is. */
export const lookup = z.strictObject({ key: z.string().min(1).max(512) });

export type Lookup = z.infer<typeof lookup>;

/** The body of a request that disables or enables a key. */
export const keyChange = z.strictObject({ enabled: z.boolean() });

export type KeyChange = z.infer<typeof keyChange>;
