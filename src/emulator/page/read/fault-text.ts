import { toJson } from '../../json-text.js';

/** For example `status 500`, or `hang`. */
export function faultText(fault: object): string {
  const [[kind, value] = ['']] = Object.entries(fault);
  if (value === true) return kind;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : toJson(value);
  return `${kind} ${text.slice(0, 60)}${kind === 'latency' ? ' ms' : ''}`;
}
