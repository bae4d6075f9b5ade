import * as v from 'valibot';

const text = (max: number) =>
  v.pipe(
    v.string('must be a string'),
    v.nonEmpty('must not be empty'),
    v.maxLength(max, `must have at most ${max} characters`),
  );

const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message));
};

const boolean = v.boolean('must be true or false');

/** Rejects unknown fields, because they are usually typos. */
const object = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, ({ expected }) =>
    expected === 'never'
      ? `is unknown; known are ${Object.keys(entries).join(', ')}`
      : expected === 'Object'
        ? `must be an object with ${Object.keys(entries).join(', ')}`
        : 'is missing',
  );

const refill = v.pipe(
  object({
    interval: v.picklist(['daily', 'monthly'], "must be 'daily' or 'monthly'"),
    amount: whole(1, 1_000_000),
    refillDay: v.optional(whole(1, 31)),
  }),
  v.check(
    ({ interval, refillDay }) => (interval === 'monthly') === (refillDay !== undefined),
    "needs refillDay if interval is 'monthly', and must not have it otherwise",
  ),
);

const ratelimit = object({
  name: v.pipe(text(128), v.minLength(3, 'must have at least 3 characters')),
  limit: whole(1, 1_000_000),
  /** In ms. */
  duration: whole(1_000, 2_592_000_000),
  autoApply: v.optional(boolean, false),
});

/** The body of a request that creates a key. */
export const newKey = object({
  name: text(255),
  externalId: v.pipe(
    text(255),
    v.regex(/^[\w.-]+$/, 'must consist of letters, digits, dots, hyphens and underscores'),
  ),
  prefix: v.optional(
    v.pipe(
      v.string('must be a string'),
      v.regex(/^\w{1,16}$/, 'must be 1 to 16 letters, digits or underscores'),
    ),
    'docs',
  ),
  permissions: v.optional(
    v.array(
      v.pipe(
        v.string('must be a string'),
        v.regex(/^[\w:.*-]{1,128}$/, 'must be a permission such as documents.read'),
      ),
      'must be a list of permissions',
    ),
    [],
  ),
  expiresInDays: v.optional(whole(1, 3_650)),
  credits: v.optional(object({ remaining: whole(0, 1_000_000_000), refill: v.optional(refill) })),
  ratelimits: v.optional(v.array(ratelimit, 'must be a list of limits'), []),
  meta: v.optional(object({ plan: v.picklist(['free', 'pro'], "must be 'free' or 'pro'") }), {
    plan: 'free',
  }),
});

export type NewKey = v.InferOutput<typeof newKey>;

/** The body of a request that changes a key. */
export const keyChange = object({ enabled: boolean });

export type KeyChange = v.InferOutput<typeof keyChange>;
