import { readState, type StateCarrier } from '../request-state.js';

/** So many messages are listed before those that are over are looked for. */
const FEW = 32;

/**
 * The messages of one client whose handlers may still be running. A guard's context has the message's arguments as one
 * array; a param decorator's context has the same items in another array, so its message is found by them. The list
 * holds messages weakly: one whose handler is done leaves by itself.
 */
export class RecentMessages {
  #messages: WeakRef<MessageArgs>[] = [];
  #limit = FEW;

  add(args: MessageArgs): void {
    if (this.#messages.length >= this.#limit) this.#sweep();
    this.#messages.push(new WeakRef(args));
  }

  /** The newest message with these arguments that a guard has decided about. */
  find(args: readonly unknown[]): MessageArgs | undefined {
    for (let index = this.#messages.length - 1; index >= 0; index--) {
      const message = this.#messages[index]?.deref();
      if (message !== undefined && isSame(message, args) && readState(message)?.decided) return message;
    }
    return undefined;
  }

  #sweep(): void {
    this.#messages = this.#messages.filter((message) => message.deref() !== undefined);
    this.#limit = Math.max(FEW, 2 * this.#messages.length);
  }
}

/** The arguments of one message, on which its state stands. */
export type MessageArgs = unknown[] & StateCarrier;

/** Client, data, then socket.io's acknowledgement function, which is another one for every message. */
function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return [0, 1, 2].every((index) => Object.is(a[index], b[index]));
}
