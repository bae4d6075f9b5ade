import { createApi } from './apis.create-api.js';
import { createKey } from './keys.create-key.js';
import { deleteKey } from './keys.delete-key.js';
import { updateCredits } from './keys.update-credits.js';
import { updateKey } from './keys.update-key.js';
import { verifyKey } from './keys.verify-key.js';
import type { Operation } from './operation.js';

/** Every operation that the emulator has, by its name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [createApi, createKey, deleteKey, updateCredits, updateKey, verifyKey].map((one) => [one.name, one]),
);
