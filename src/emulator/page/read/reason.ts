import { member } from '../../transport/call-summary.js';
import type { PageCall } from '../page-calls.js';
import { faultText } from './fault-text.js';

/** Why a call was rejected or failed, as a sentence. Empty if it was not. */
export function reasonOf({ fault, status }: PageCall, request: unknown, answer: unknown): string {
  if (fault) return `A fault hit this call: ${faultText(fault)}.`;
  const error = member(answer, 'error');
  if (error !== undefined) return errorText(error);
  const data = member(answer, 'data');
  if (member(data, 'valid') === false) return denial(request, data);
  if (member(data, 'success') === false || member(data, 'passed') === false) {
    return exceeded(member(data, 'limits') ?? data) || 'The limit is exceeded.';
  }
  return status !== undefined && status >= 400 ? 'No operation of Unkey has this path and method.' : '';
}

function errorText(error: unknown): string {
  const entries = listOf(member(error, 'errors')).map((entry) => textOf(member(entry, 'message')));
  return [textOf(member(error, 'detail')), ...entries].filter((text) => text !== '').join(' ');
}

function denial(request: unknown, data: unknown): string {
  switch (member(data, 'code')) {
    case 'NOT_FOUND':
      return 'There is no such key, or the root key may not verify it.';
    case 'DISABLED':
      return 'The key is disabled.';
    case 'EXPIRED':
      return `The key expired ${dateOf(member(data, 'expires'))}.`;
    case 'FORBIDDEN':
      return "The caller's address is not on the API's list of allowed addresses.";
    case 'INSUFFICIENT_PERMISSIONS':
      return `The call requires ${textOf(member(request, 'permissions'))}. ${held(data)}`;
    case 'USAGE_EXCEEDED':
      return `The call costs ${costOf(request)}, the key has ${textOf(member(data, 'credits'))} credits left.`;
    case 'RATE_LIMITED':
      return exceeded(member(data, 'ratelimits')) || 'A limit is exceeded.';
    default:
      return '';
  }
}

function held(data: unknown): string {
  const permissions = listOf(member(data, 'permissions')).map(textOf);
  return permissions.length === 0 ? 'The key has no permissions.' : `The key has ${permissions.join(', ')}.`;
}

function costOf(request: unknown): string {
  return textOf(member(member(request, 'credits'), 'cost')) || '1';
}

/** Names the limits that are exceeded. */
function exceeded(limits: unknown): string {
  return listOf(limits)
    .filter((limit) => member(limit, 'exceeded') === true || member(limit, 'passed') === false)
    .map((limit) => {
      const name = textOf(member(limit, 'name') ?? member(limit, 'namespace'));
      const duration = member(limit, 'duration');
      const per = typeof duration === 'number' ? ` per ${duration} ms` : '';
      return `The limit '${name}' of ${textOf(member(limit, 'limit'))}${per} is exceeded.`;
    })
    .join(' ');
}

function dateOf(ms: unknown): string {
  const date = new Date(typeof ms === 'number' ? ms : NaN);
  return Number.isNaN(date.getTime()) ? 'earlier' : `on ${date.toISOString()}`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
