import type { Workspace } from '../../store/workspace.js';
import { codeOf, member, parsedJson } from '../../transport/call-summary.js';
import type { PageCall } from '../page-calls.js';
import type { CallRow, Tone } from '../page-state.js';
import { faultText } from './fault-text.js';
import { reasonOf } from './reason.js';
import { Secrets } from './secrets.js';

const rows = new WeakMap<PageCall, CallRow>();

/** A call as the list shows it. Made once for each call, because the list is read again and again. */
export function callRow(call: PageCall, workspace: Workspace): CallRow {
  const known = rows.get(call);
  if (known) return known;
  const made = makeRow(call, workspace);
  rows.set(call, made);
  return made;
}

function makeRow(call: PageCall, workspace: Workspace): CallRow {
  const { id, at, operation, status, ms, fault } = call;
  const request = parsedJson(call.request.text);
  const answer = parsedJson(call.answer.text);
  const secrets = new Secrets(call, workspace);
  return {
    id,
    at,
    operation: secrets.hide(operation),
    status: fault && 'status' in fault ? fault.status : status,
    code: fault ? `fault: ${faultText(fault)}` : codeOf(answer),
    tone: toneOf(call, answer),
    subject: secrets.hide(subjectOf(request, answer)),
    reason: secrets.hide(reasonOf(call, request, answer)),
    ms,
  };
}

function toneOf({ status, fault }: PageCall, answer: unknown): Tone {
  if (fault || status === undefined || status >= 500) return 'failed';
  const data = member(answer, 'data');
  const rejected =
    member(data, 'valid') === false || member(data, 'success') === false || member(data, 'passed') === false;
  return status >= 400 || rejected ? 'rejected' : 'ok';
}

/** What the call was about: a key and its name, or the first id or name in the request. */
function subjectOf(request: unknown, answer: unknown): string {
  const key = member(request, 'key');
  const name = member(member(answer, 'data'), 'name');
  if (typeof key === 'string') return typeof name === 'string' ? `${key} ${name}` : key;
  for (const one of [
    'keyId',
    'externalId',
    'identity',
    'identifier',
    'name',
    'apiId',
    'role',
    'slug',
    'namespace',
  ]) {
    const value = member(request, one);
    if (typeof value === 'string') return value.slice(0, 100);
  }
  return '';
}
