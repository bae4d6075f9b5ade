import * as v from 'valibot';
import { isStore, STORE_EXPECTED } from './is-store.js';
import type { UnkeyCacheOptions, UnkeyGatewayOptions } from './unkey-options.js';
import { wholeNumber } from './whole-number.js';

const MS = 'must be a whole number of milliseconds from 1 to 2147483647';
const MS_OR_NONE = 'must be a whole number of milliseconds from 0 to 2147483647';
const COUNT = 'must be a whole number of at least 1';
const RATE = 'must be a number above 0 and up to 1';
const SCOPE = 'must be a non-empty string';

const breaker = object('breaker', 'false', {
  consecutiveFailures: wholeNumber(1, COUNT),
  failureRate: v.pipe(v.number(RATE), v.gtValue(0, RATE), v.maxValue(1, RATE)),
  openFor: wholeNumber(1, MS),
});

const cache = object('cache', 'true, false', {
  ttl: wholeNumber(1, MS),
  max: wholeNumber(1, COUNT),
  negativeTtl: wholeNumber(0, MS_OR_NONE),
  staleIfError: wholeNumber(0, MS_OR_NONE),
  store: v.custom<NonNullable<UnkeyCacheOptions['store']>>(
    (value) => isStore(value) || typeof value === 'function',
    STORE_EXPECTED,
  ),
  storeTimeout: wholeNumber(1, MS),
  scope: v.pipe(v.string(SCOPE), v.nonEmpty(SCOPE)),
});

const TRUST = "must be 'always' or a function (context) => boolean";
const OTHERWISE = "must be 'deny' or 'verify'";

const gateway = v.strictObject(
  {
    trust: v.custom<UnkeyGatewayOptions['trust']>(
      (value) => value === 'always' || typeof value === 'function',
      TRUST,
    ),
    otherwise: v.optional(v.picklist(['deny', 'verify'], OTHERWISE)),
  },
  ({ expected }) => {
    if (expected === 'never') return 'is unknown; "gateway" takes trust, otherwise';
    // A missing member is an issue of the object, whose path is that of the member.
    return expected === '"trust"' ? TRUST : `must be an object with trust and otherwise; trust ${TRUST}`;
  },
);

/** The schemas of the options that are objects of options. */
export const NESTED_OPTIONS = {
  breaker: v.lazy((given) => (given === false ? v.literal(false) : breaker)),
  gateway,
  cache: v.lazy((given) => (typeof given === 'boolean' ? v.boolean() : cache)),
};

function object<Entries extends v.ObjectEntries>(name: string, other: string, entries: Entries) {
  const names = Object.keys(entries).join(', ');
  const message = ({ expected }: { expected: string | null }) =>
    expected === 'never'
      ? `is unknown; "${name}" takes ${names}`
      : `must be ${other} or an object with ${names}`;
  return v.partial(v.strictObject(entries, message));
}
