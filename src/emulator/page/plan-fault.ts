import { checkFault } from '../faults/check-fault.js';
import type { FaultPlan } from '../faults/fault-plan.js';

/**
 * Adds a fault.
 *
 * @throws {TypeError} for an invalid fault, operation or count
 */
export function planFault(body: Readonly<Record<string, unknown>>, faults: FaultPlan): void {
  const { fault, operation, times } = body;
  checkFault(fault);
  if (operation !== undefined && typeof operation !== 'string') {
    throw new TypeError('unkey.fail: operation must be the name of an operation.');
  }
  if (times !== undefined && typeof times !== 'number') {
    throw new TypeError('unkey.fail: times must be a whole number, at least 1.');
  }
  faults.add(fault, { operation, times });
}
