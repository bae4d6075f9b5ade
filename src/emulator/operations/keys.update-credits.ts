import type { V2KeysUpdateCreditsRequestBody } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { demand, onKey } from '../authentication/demand.js';
import { exactInteger } from '../json-text.js';
import type { Key } from '../store/records.js';
import { findKey } from './find-key.js';
import { operation } from './operation.js';
import { refillData } from './key-data.js';

const MAX_BALANCE = 2n ** 63n - 1n;

export const updateCredits = operation('keys.updateCredits', (body, context) => {
  const key = findKey(body.keyId, context);
  demand(context.rootKey, onKey(key, 'update_key'));
  if (body.operation === 'set') set(key, body);
  else change(key, body);
  context.workspace.keys.changed(key);
  const { remaining, refill } = key;
  return {
    data: {
      ...(refill && { refill: refillData(refill) }),
      remaining: remaining === null ? null : exactInteger(remaining),
    },
  };
});

function set(key: Key, { value }: V2KeysUpdateCreditsRequestBody): void {
  key.remaining = value === null || value === undefined ? null : BigInt(value);
  // `null` also removes the refill. Without a value the refill stays, and the next one makes the key limited again.
  if (value === null) key.refill = undefined;
}

function change(key: Key, { operation: name, value }: V2KeysUpdateCreditsRequestBody): void {
  if (value === null || value === undefined) {
    throw new ApiError('invalidInput', `The operation '${name}' needs a value.`);
  }
  if (key.remaining === null) {
    throw new ApiError('invalidInput', `The operation '${name}' needs a key with limited credits.`);
  }
  const amount = BigInt(value);
  const remaining = name === 'increment' ? key.remaining + amount : key.remaining - amount;
  if (remaining > MAX_BALANCE) {
    throw new ApiError('serviceUnavailable', 'The balance would exceed a 64-bit integer.');
  }
  key.remaining = remaining < 0n ? 0n : remaining;
}
