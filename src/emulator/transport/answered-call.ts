import type { IncomingMessage } from 'node:http';
import type { Fault } from '../faults/fault.js';
import type { Reply } from './reply.js';

/** A request and its response. */
export interface AnsweredCall {
  /** For example `keys.verifyKey`; the path if it is not an operation of Unkey. */
  readonly operation: string;
  readonly request: IncomingMessage;
  /** The body of the request. */
  readonly text: string;
  /** The emulator's time in Unix ms. */
  readonly at: number;
  /** `undefined` if a fault took the place of the operation. */
  readonly reply: Reply | undefined;
  /** How long the operation took, in ms. */
  readonly ms: number;
  /** The fault that hit the request. */
  readonly fault: Fault | undefined;
}

/** Called for every request, before its response is sent. */
export type AnsweredListener = (call: AnsweredCall) => void;
