import type { PermissionExpression } from '../contracts/verify-options.js';
import { parsePermissionQuery } from './parse-permission-query.js';
import { shown } from './shown-value.js';

/** The characters that Unkey's lexer takes as part of a name; a wildcard is an ordinary character to it. */
const NAME = /^[A-Za-z0-9._\-*:/]+$/;
const OPERATOR = /^(and|or)$/i;

/** What Unkey accepts as one query, in characters. */
const MAX_LENGTH = 1000;

/**
 * Writes permissions in Unkey's query language; several mean all of them. Throws a `TypeError` that says what is
 * wrong with an expression, so that whoever holds it can add where it stands.
 *
 * @see https://www.unkey.com/docs/apis/features/authorization/verifying
 */
export function toPermissionQuery(expressions: readonly PermissionExpression[]): string {
  const query = join(expressions, 'AND', 'a list of permissions').text;
  checkLength(query);
  return query;
}

function checkLength(query: string): void {
  if (query.length <= MAX_LENGTH) return;
  throw new TypeError(
    `the permissions make a query of ${query.length} characters, Unkey takes ${MAX_LENGTH} at most`,
  );
}

/** A part of a query with the operator at its top, which decides whether it needs parentheses around it. */
interface Part {
  readonly text: string;
  readonly operator: 'AND' | 'OR' | undefined;
}

function write(expression: PermissionExpression): Part {
  if (typeof expression === 'string') return { text: checkedName(expression), operator: undefined };
  checkGroup(expression);
  if (expression.query !== undefined) return written(expression.query);
  return expression.anyOf === undefined
    ? join(expression.allOf, 'AND', 'allOf()')
    : join(expression.anyOf, 'OR', 'anyOf()');
}

function join(expressions: readonly PermissionExpression[], operator: 'AND' | 'OR', what: string): Part {
  const parts = expressions.map(write);
  const [first, second] = parts;
  if (first === undefined) throw new TypeError(`${what} must name at least one permission, it is empty`);
  if (second === undefined) return first;
  const texts = parts.map((part) =>
    operator === 'AND' && part.operator === 'OR' ? `(${part.text})` : part.text,
  );
  return { text: [...new Set(texts)].join(` ${operator} `), operator };
}

/** A query of the user's own, sent as it was written. */
function written(query: string): Part {
  checkLength(query);
  const { tree, isEnclosed } = parsePermissionQuery(query);
  const operator = typeof tree === 'string' || isEnclosed ? undefined : tree.operator;
  return { text: query.trim(), operator };
}

function checkedName(name: string): string {
  if (OPERATOR.test(name)) {
    throw new TypeError(
      `a permission cannot be named "${name}", which is an operator in Unkey's query language`,
    );
  }
  if (!NAME.test(name)) {
    throw new TypeError(
      `permission ${JSON.stringify(name)} must be made of letters, digits and . _ - * : / alone; combine permissions with anyOf() and allOf(), or write a permissionQuery()`,
    );
  }
  return name;
}

const WANTED = 'a permission must be a name, anyOf(…) or allOf(…)';
const MEMBERS = ['query', 'anyOf', 'allOf'];

/** Exactly one member, since a second one would be ignored, and with it what it demands. */
function checkGroup(expression: unknown): asserts expression is Exclude<PermissionExpression, string> {
  if (typeof expression !== 'object' || expression === null || Array.isArray(expression)) {
    throw new TypeError(`${WANTED}, or permissionQuery(…)`);
  }
  const members = Reflect.ownKeys(expression).map(String);
  const unknown = members.find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) throw new TypeError(`${WANTED}, there is no "${unknown}"`);
  const [member, another] = MEMBERS.filter((name) => members.includes(name));
  if (member === undefined) throw new TypeError(`${WANTED}, got an object without either`);
  if (another !== undefined) {
    throw new TypeError(
      `a permission cannot have both ${member} and ${another} in one object; nest them, as in allOf("a", anyOf("b", "c"))`,
    );
  }
  const value: unknown = Reflect.get(expression, member);
  if (member === 'query' && typeof value !== 'string') {
    throw new TypeError(`permissionQuery() takes a query as a string, got ${shown(value)}`);
  }
  if (member !== 'query' && !Array.isArray(value))
    throw new TypeError(`${WANTED}, and ${member} must be a list`);
}
