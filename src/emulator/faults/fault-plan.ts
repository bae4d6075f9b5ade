import { checkFault } from './check-fault.js';
import type { Fault, FaultHandle, FaultOptions } from './fault.js';

interface Planned {
  readonly fault: Fault;
  readonly operation: string | undefined;
  left: number;
}

/** The faults that were ordered, in the order in which they hit. */
export class FaultPlan {
  #planned: Planned[] = [];

  /** @param operations the names that a fault may be for */
  constructor(private readonly operations: ReadonlySet<string>) {}

  /** @throws {TypeError} if the fault, the operation or the count is none */
  add(fault: Fault, options: FaultOptions = {}): FaultHandle {
    checkFault(fault);
    const { operation, times, ...rest } = options;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) {
      throw new TypeError(`unkey.fail has no option '${unknown}'; options are operation and times.`);
    }
    if (operation !== undefined && !this.operations.has(operation)) {
      throw new TypeError(
        `unkey.fail: there is no operation '${operation}'; names are like 'keys.verifyKey'.`,
      );
    }
    if (times !== undefined && (!Number.isSafeInteger(times) || times < 1)) {
      throw new TypeError(`unkey.fail: times takes a whole number from 1 on and got ${String(times)}.`);
    }
    const planned = { fault, operation, left: times ?? Infinity };
    this.#planned.push(planned);
    return { clear: () => this.#remove(planned) };
  }

  /** The fault that hits a request now: the first that was ordered and is not used up. */
  take(operation: string): Fault | undefined {
    if (this.#planned.length === 0) return undefined;
    const planned = this.#planned.find((one) => one.operation === undefined || one.operation === operation);
    if (planned && --planned.left <= 0) this.#remove(planned);
    return planned?.fault;
  }

  clear(): void {
    this.#planned = [];
  }

  #remove(planned: Planned): void {
    this.#planned = this.#planned.filter((one) => one !== planned);
  }
}
