import type { IncomingMessage } from 'node:http';
import { ApiError } from '../api-error.js';
import { RootKey } from '../authentication/root-key.js';
import { checkRootKeyOptions } from '../emulator-options.js';
import { clientAddress } from '../transport/client-address.js';
import { isJson } from '../transport/content-negotiation.js';
import { executeAndCommit } from '../transport/execute-and-commit.js';
import { type Reply, success } from '../transport/reply.js';
import { readBody } from '../validation/read-body.js';
import { PAGE_HEADERS, refusalReply } from './page-reply.js';
import { planFault } from './plan-fault.js';
import type { PageParts } from './page-parts.js';

/** Makes a change in the way of an operation: it is executed, and persisted before the response is sent. */
export function change(name: string, text: string, request: IncomingMessage, parts: PageParts): Reply {
  const { emulator, live } = parts;
  if (!isJson(request.headers['content-type']))
    return refusalReply(415, 'A change must be application/json.');
  const requestId = emulator.workspace.random.id('req');
  const execute = (): Reply => {
    const data = name.startsWith('operations/')
      ? runOperation(name.slice('operations/'.length), text, request, parts)
      : runControl(name, text, parts);
    return success(data, requestId);
  };
  const { accept } = request.headers;
  const { headers, body } = executeAndCommit(execute, () => emulator.commit(), { requestId, accept });
  live.notify();
  // What the form shows is not a failed request: browsers would log every other status as an error.
  return { status: 200, headers: { ...PAGE_HEADERS, ...headers }, body };
}

/** Executes an operation of Unkey with all permissions. */
function runOperation(name: string, text: string, request: IncomingMessage, { emulator }: PageParts) {
  const operation = emulator.operations.get(name);
  if (!operation) throw new ApiError('invalidInput', `There is no operation '${name}'.`);
  const { call, undecodable } = readBody(text, operation);
  if (undecodable) throw new ApiError('invalidInput', 'The body has a value of the wrong type.');
  const { workspace, clock } = emulator;
  const context = { workspace, rootKey: new RootKey({}), now: clock.now() };
  return call({ ...context, clientAddress: () => clientAddress(request) });
}

/** What only the emulator can do: root keys, faults, the clock, and its memory of calls. */
function runControl(name: string, text: string, { emulator, calls }: PageParts) {
  const body = bodyOf(text);
  const { workspace, clock, faults } = emulator;
  const controls: Readonly<Record<string, () => unknown>> = {
    'root-keys'() {
      checkRootKeyOptions(body);
      return { rootKey: workspace.rootKeys.create(body) };
    },
    'faults/add': () => planFault(body, faults),
    'faults/clear': () => (typeof body['id'] === 'number' ? faults.remove(body['id']) : faults.clear()),
    'clock/advance': () => clock.advance(Number(body['ms'])),
    'clock/set': () => clock.set(Number(body['now'])),
    'clock/restart': () => clock.restart(),
    'calls/clear': () => calls.clear(),
  };
  const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (!control) throw new ApiError('invalidInput', `The page has no action '${name}'.`);
  try {
    return { data: control() ?? {} };
  } catch (error) {
    // A wrong value: the message says what is right.
    if (error instanceof TypeError) throw new ApiError('invalidInput', error.message);
    throw error;
  }
}

function bodyOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // The error below says what is expected.
  }
  throw new ApiError('invalidInput', 'The body must be a JSON object.');
}
