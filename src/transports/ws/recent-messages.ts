import { readState, type StateCarrier } from '../request-state.js';

/** The minimum number of messages in the list before it is cleaned up. */
const MIN_LIMIT = 32;

/**
 * The messages of one client whose handlers may still be running. The context of a guard and the context of a param
 * decorator hold the arguments of a message in different arrays, so a message is found by comparing the arguments. The
 * list uses weak references, so a message can be freed after its handler has finished.
 */
export class RecentMessages {
  #messages: WeakRef<MessageArgs>[] = [];
  #limit = MIN_LIMIT;

  add(args: MessageArgs): void {
    if (this.#messages.length >= this.#limit) this.#sweep();
    this.#messages.push(new WeakRef(args));
  }

  /** Returns the newest message with these arguments that a guard has decided about. */
  find(args: readonly unknown[]): MessageArgs | undefined {
    for (let index = this.#messages.length - 1; index >= 0; index--) {
      const message = this.#messages[index]?.deref();
      if (message !== undefined && isSame(message, args) && readState(message)?.decided) return message;
    }
    return undefined;
  }

  #sweep(): void {
    this.#messages = this.#messages.filter((message) => message.deref() !== undefined);
    this.#limit = Math.max(MIN_LIMIT, 2 * this.#messages.length);
  }
}

/** The arguments of a message. The array holds the state of the message. */
export type MessageArgs = unknown[] & StateCarrier;

/** Compares client, data and socket.io's acknowledgement function, which is different for every message. */
function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return [0, 1, 2].every((index) => Object.is(a[index], b[index]));
}
