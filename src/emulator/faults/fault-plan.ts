import { checkFault } from './check-fault.js';
import type { Fault, FaultHandle, FaultOptions } from './fault.js';

/** A fault that is planned. */
export interface Planned {
  readonly id: number;
  readonly fault: Fault;
  /** The operation that it hits. `undefined`: every operation. */
  readonly operation: string | undefined;
  /** How many more requests it hits; `Infinity` until it is cleared. */
  readonly left: number;
}

/** The faults that are planned, in the order in which they were added. */
export class FaultPlan {
  #planned: (Planned & { left: number })[] = [];
  #added = 0;

  /**
   * @param operations the valid values of a fault's `operation`
   * @param changed called each time a fault was added or removed
   */
  constructor(
    readonly operations: ReadonlySet<string>,
    private readonly changed: () => void = () => undefined,
  ) {}

  /** In the order in which they were added. */
  get planned(): readonly Planned[] {
    return this.#planned;
  }

  /** @throws {TypeError} for an invalid fault, operation or count */
  add(fault: Fault, options: FaultOptions = {}): FaultHandle {
    checkFault(fault);
    const { operation, times, ...rest } = options;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) {
      throw new TypeError(`unkey.fail has no option '${unknown}'; its options are operation and times.`);
    }
    if (operation !== undefined && !this.operations.has(operation)) {
      throw new TypeError(
        `unkey.fail: there is no operation '${operation}'; a valid name is, for example, 'keys.verifyKey'.`,
      );
    }
    if (times !== undefined && (!Number.isSafeInteger(times) || times < 1)) {
      throw new TypeError(`unkey.fail: times must be a whole number, at least 1, got ${String(times)}.`);
    }
    const planned = { id: ++this.#added, fault, operation, left: times ?? Infinity };
    this.#planned.push(planned);
    this.changed();
    return { clear: () => this.remove(planned.id) };
  }

  /** The fault for this request: the first one added that matches and is not used up. */
  take(operation: string): Fault | undefined {
    if (this.#planned.length === 0) return undefined;
    const planned = this.#planned.find((one) => one.operation === undefined || one.operation === operation);
    if (planned && --planned.left <= 0) this.remove(planned.id);
    return planned?.fault;
  }

  clear(): void {
    this.#planned = [];
    this.changed();
  }

  remove(id: number): void {
    this.#planned = this.#planned.filter((one) => one.id !== id);
    this.changed();
  }
}
