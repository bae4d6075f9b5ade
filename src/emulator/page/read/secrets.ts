import type { Workspace } from '../../store/workspace.js';
import { parsedJson, shortenedKey } from '../../transport/call-summary.js';
import type { PageCall } from '../page-calls.js';

const MAX_DEPTH = 100;
const MAX_KEY = 512;
/** Texts that are looked up as keys. More do not fit into what is kept of a body. */
const MAX_LOOKUPS = 6000;
/** A text that is shorter occurs in other words by chance. */
const MIN_REPLACED = 6;

/** The keys and root keys that occur in a call. Nothing of the page shows one in full. */
export class Secrets {
  #found = new Map<string, string>();
  #lookups = 0;
  #tooDeep = false;

  constructor(
    call: PageCall,
    private readonly workspace: Workspace,
  ) {
    const token = /^Bearer\s+(.+)$/i.exec(call.authorization ?? '')?.[1]?.trim();
    if (token !== undefined) this.#add(token);
    this.#searchText(call.url);
    for (const { text } of [call.request, call.answer]) {
      this.#searchText(text);
      this.#search(parsedJson(text), '', 0);
    }
    // A key may be part of a longer one.
    this.#found = new Map([...this.#found].sort(([a], [b]) => b.length - a.length));
  }

  /** Whether a body is nested so deep that keys in it may not have been found. */
  get tooDeep(): boolean {
    return this.#tooDeep;
  }

  /** Shortens every key in a text. */
  hide(
    text: string,
    shown: (key: string, shortened: string) => string = (_, shortened) => shortened,
  ): string {
    let hidden = text;
    for (const [key, shortened] of this.#found) {
      if (text === key) return shown(key, shortened);
      if (key.length >= MIN_REPLACED) hidden = hidden.replaceAll(key, () => shown(key, shortened));
    }
    return hidden;
  }

  /** Shortens every key in a JSON value. What is nested too deep is left out. */
  hideIn(value: unknown, shown?: (key: string, shortened: string) => string, depth = 0): unknown {
    if (typeof value === 'string') return this.hide(value, shown);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_DEPTH) return '…';
    if (Array.isArray(value)) return value.map((item: unknown) => this.hideIn(item, shown, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        this.hide(name, shown),
        this.hideIn(one, shown, depth + 1),
      ]),
    );
  }

  #search(value: unknown, name: string, depth: number): void {
    if (typeof value === 'string') {
      // Unkey accepts members in any letter case.
      if (/^(?:key|rootKey)$/i.test(name) || this.#isKey(value)) this.#add(value);
    } else if (typeof value === 'object' && value !== null) {
      this.#tooDeep ||= depth > MAX_DEPTH;
      if (this.#tooDeep) return;
      for (const [member, one] of Object.entries(value)) {
        if (this.#isKey(member)) this.#add(member);
        this.#search(one, Array.isArray(value) ? name : member, depth + 1);
      }
    }
  }

  /** In a text that is not JSON, or only the beginning of one. */
  #searchText(text: string): void {
    for (const [, key = ''] of text.matchAll(/"(?:key|rootKey)"\s*:\s*"((?:[^"\\]|\\.)*)/gi)) this.#add(key);
    for (const words of [/[\w.-]{8,512}/g, /\w{8,512}/g]) {
      for (const [word] of text.matchAll(words)) if (this.#isKey(word)) this.#add(word);
    }
  }

  #isKey(text: string): boolean {
    if (text.length < MIN_REPLACED || text.length > MAX_KEY || ++this.#lookups > MAX_LOOKUPS) return false;
    const { keys, rootKeys } = this.workspace;
    return rootKeys.find(text) !== undefined || keys.byPlaintext(text) !== undefined;
  }

  #add(text: string): void {
    if (text !== '') this.#found.set(text, shortenedKey(text));
  }
}
