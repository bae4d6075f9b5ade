import { member } from './template.js';

/** What makes answers of two runs comparable. */
export interface Comparison {
  /** The text that is new in each run. */
  readonly run: string;
  /** Unix ms from which `reset` is measured; 0: any time will do. */
  readonly base: number;
  readonly ignore: readonly string[];
}

const WORDING = new Set(['detail', 'message', 'fix']);
const UNORDERED = new Set(['permissions', 'roles', 'ratelimits', 'errors']);
const ID = /^(req|api|key|id|rl|perm|role|rlns|rlor|ks|ws)_[A-Za-z0-9]{6,}$/;
const SECRET = /[1-9A-HJ-NP-Za-km-z]{16,}$/;

/** An answer's body with a mark for all that differs from run to run or is wording, and lists without order sorted. */
export function comparable(body: unknown, comparison: Comparison): unknown {
  const marked = mark(withoutStaleCredits(body), '', comparison);
  for (const path of comparison.ignore) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const parent = names.reduce<unknown>(member, marked);
    if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, last);
  }
  return marked;
}

function mark(node: unknown, name: string, comparison: Comparison): unknown {
  if (Array.isArray(node)) return markList(node, name, comparison);
  if (typeof node === 'object' && node !== null) {
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, mark(value, key, comparison)]),
    );
  }
  if (typeof node === 'number') return markNumber(node, name, comparison.base);
  return typeof node === 'string' ? markText(node.replaceAll(comparison.run, '<run>'), name) : node;
}

function markList(items: readonly unknown[], name: string, comparison: Comparison): unknown[] {
  const marked = items.map((item) => mark(item, name, comparison));
  const unordered = UNORDERED.has(name) || marked.some((item) => member(item, 'slug') !== undefined);
  return unordered ? marked.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)) : marked;
}

function rank(item: unknown): string {
  if (typeof item !== 'object' || item === null) return JSON.stringify(item) ?? '';
  const names = ['slug', 'name', 'location', 'externalId'].map((name) => member(item, name));
  return names.find((name) => typeof name === 'string') ?? '';
}

function markNumber(value: number, name: string, base: number): unknown {
  if (name === 'reset' && base > 0) return `<window start ${value >= base ? '+' : ''}${value - base}>`;
  return value > 1_500_000_000_000 && value < 3_000_000_000_000 ? '<time ms>' : value;
}

function markText(text: string, name: string): string {
  if (WORDING.has(name)) return text === '' ? '' : '<text>';
  if (name === 'key' || name === 'plaintext')
    return text.replace(SECRET, (secret) => `<${bytesOf(secret)} bytes>`);
  if (name === 'start') return text.replace(/[1-9A-HJ-NP-Za-km-z]{4}$/, '<4>');
  if (name === 'cursor') return '<cursor>';
  const prefix = ID.exec(text)?.[1];
  return prefix === undefined ? text : `<${prefix} id>`;
}

function bytesOf({ length }: string): number {
  if (length > 80) return 64;
  if (length > 40) return 32;
  return length > 30 ? 24 : 16;
}

/** A refusal before the credits were looked at shows what the server remembered, which may be old. */
function withoutStaleCredits(body: unknown): unknown {
  const data = member(body, 'data');
  const code = member(data, 'code');
  if (typeof data !== 'object' || data === null || typeof member(data, 'credits') !== 'number') return body;
  if (code === undefined || code === 'VALID' || code === 'USAGE_EXCEEDED') return body;
  return { ...Object(body), data: { ...data, credits: '<credits of the cached row>' } };
}
