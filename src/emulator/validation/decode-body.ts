import { endOfNumber, endOfString, endOfValue, skipBlanks } from './json-scanner.js';
import { memberOf } from './member-name.js';
import { isList, isReplaced, type ObjectShape, type Shape } from './shape.js';

/** Thrown for a body that passes the schema but cannot be decoded, as on Unkey's server. */
export class UndecodableBody extends Error {}

const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

/**
 * Decodes a body as Unkey's server does. It differs from `JSON.parse`: member names match in any letter case, each
 * repetition of a member must have the right type and is merged into the earlier one, and integers have 64 bits and
 * neither a decimal point nor an exponent.
 *
 * @param json valid JSON
 * @throws {UndecodableBody}
 */
export function decodeBody(json: string, shape: Shape): unknown {
  return new Decoder(json).value(shape, undefined);
}

class Decoder {
  #at = 0;
  /** The items decoded at each index of a list, including those past its end: a longer repetition of the list reuses them. */
  readonly #places = new WeakMap<unknown[], unknown[]>();

  constructor(private readonly json: string) {}

  value(shape: Shape, before: unknown): unknown {
    this.#at = skipBlanks(this.json, this.#at);
    if (this.#isNull()) return this.#raw();
    if (shape === '*') return merged(before, this.#raw());
    if (typeof shape === 'string') {
      return shape === 'i' || shape === 'l' ? this.#integer(shape === 'l') : this.#scalar(shape);
    }
    if (isReplaced(shape)) return this.value(shape[1], undefined);
    return isList(shape) ? this.#list(shape[0], before) : this.#object(shape, before);
  }

  #object(shape: ObjectShape, before: unknown): unknown {
    this.#expect('{');
    const object: Record<string, unknown> = isObject(before) ? before : {};
    while (this.#next('}')) {
      const end = endOfString(this.json, this.#at);
      const name = memberOf(shape, String(JSON.parse(this.json.slice(this.#at, end))));
      this.#at = skipBlanks(this.json, end) + 1;
      const member = name === undefined ? undefined : shape[name];
      if (name === undefined || member === undefined) this.#skip();
      else object[name] = this.value(member, object[name]);
    }
    return object;
  }

  #list(item: Shape, before: unknown): unknown {
    this.#expect('[');
    const places = (Array.isArray(before) ? this.#places.get(before) : undefined) ?? [];
    let length = 0;
    for (; this.#next(']'); length++) {
      const place = this.value(item, places[length]);
      // `null` keeps the earlier item.
      if (place !== null) places[length] = place;
    }
    const list = places.slice(0, length);
    // An empty list discards earlier items.
    this.#places.set(list, length === 0 ? [] : places);
    return list;
  }

  #integer(exact: boolean): number | bigint {
    const text = this.json.slice(this.#at, endOfNumber(this.json, this.#at));
    if (!/^-?\d+$/.test(text)) throw new UndecodableBody();
    const integer = BigInt(text);
    if (integer < MIN_INTEGER || integer > MAX_INTEGER) throw new UndecodableBody();
    this.#at += text.length;
    return exact && !Number.isSafeInteger(Number(text)) ? integer : Number(text);
  }

  #scalar(shape: string): unknown {
    const value = this.#raw();
    if (typeof value !== (shape === 's' ? 'string' : 'boolean')) throw new UndecodableBody();
    return value;
  }

  #isNull(): boolean {
    return this.json.startsWith('null', this.#at);
  }

  #raw(): unknown {
    const start = this.#at;
    this.#skip();
    const value: unknown = JSON.parse(this.json.slice(start, this.#at));
    return value;
  }

  #skip(): void {
    this.#at = endOfValue(this.json, skipBlanks(this.json, this.#at));
  }

  #expect(character: string): void {
    if (this.json.charAt(this.#at) !== character) throw new UndecodableBody();
    this.#at++;
  }

  /** Whether there is another member or item. If not, moves past `end`. */
  #next(end: string): boolean {
    this.#at = skipBlanks(this.json, this.#at);
    if (this.json.charAt(this.#at) === ',') this.#at = skipBlanks(this.json, this.#at + 1);
    if (this.json.charAt(this.#at) !== end) return true;
    this.#at++;
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Merges into the earlier object in place, because copying it for each repetition would take quadratic time. */
function merged(before: unknown, value: unknown): unknown {
  if (!isObject(value)) throw new UndecodableBody();
  if (!isObject(before)) return value;
  for (const [name, member] of Object.entries(value)) {
    // An assignment to `__proto__` would change the prototype.
    Object.defineProperty(before, name, {
      value: member,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return before;
}
