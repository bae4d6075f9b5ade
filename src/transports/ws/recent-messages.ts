import { readState, type StateCarrier } from '../request-state.js';

/** The minimum number of messages in the list before it is cleaned up. */
const MIN_LIMIT = 32;

/**
 * The messages of one client whose handlers may still be running. The context of a guard and the context of a param
 * decorator hold the arguments of a message in different arrays, so a message is found by comparing the arguments. The
 * list uses weak references, so a message can be freed after its handler has finished.
 */
export class RecentMessages {
  #messages: Message[] = [];
  #limit = MIN_LIMIT;

  /** @param gateway the class that handles the message */
  add(args: MessageArgs, gateway: unknown): void {
    if (this.#messages.length >= this.#limit) this.#sweep();
    this.#messages.push({ args: new WeakRef(args), gateway });
  }

  /**
   * Returns the newest message with these arguments that a guard has decided about.
   *
   * @param gateway the class that handles the message; absent in exception filters
   */
  find(args: readonly unknown[], gateway: unknown): MessageArgs | undefined {
    for (let index = this.#messages.length - 1; index >= 0; index--) {
      const message = this.#messages[index];
      if (message === undefined || (gateway && message.gateway !== gateway)) continue;
      const found = message.args.deref();
      if (found !== undefined && isSame(found, args) && readState(found)?.decided) return found;
    }
    return undefined;
  }

  #sweep(): void {
    this.#messages = this.#messages.filter(({ args }) => args.deref() !== undefined);
    this.#limit = Math.max(MIN_LIMIT, 2 * this.#messages.length);
  }
}

/** The arguments of a message. The array holds the state of the message. */
export type MessageArgs = unknown[] & StateCarrier;

interface Message {
  readonly args: WeakRef<MessageArgs>;
  readonly gateway: unknown;
}

/** Compares client, data, the name of the message, and socket.io's acknowledgement function. */
function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return [0, 1, 2, 3].every((index) => Object.is(a[index], b[index]));
}
