import type { PermissionExpression } from '../contracts/verify-options.js';
import { parsePermissionQuery } from './parse-permission-query.js';
import { shown } from './shown-value.js';

/** The characters that Unkey accepts in a name. `*` is an ordinary character, not a wildcard. */
const NAME = /^[A-Za-z0-9._\-*:/]+$/;
const OPERATOR = /^(and|or)$/i;

/** The longest query that Unkey accepts, in characters. */
const MAX_LENGTH = 1000;

/**
 * Converts permissions to Unkey's query language. Several expressions are joined with `AND`.
 *
 * @throws TypeError that says what is wrong with an expression; the caller adds where the expression was found
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
    `the permissions result in a query of ${query.length} characters; Unkey accepts at most ${MAX_LENGTH}`,
  );
}

/** A part of a query, with its outermost operator, which decides whether the part needs parentheses. */
interface Part {
  readonly text: string;
  readonly operator: 'AND' | 'OR' | undefined;
}

function write(expression: PermissionExpression): Part {
  if (typeof expression === 'string') return { text: checkedName(expression), operator: undefined };
  checkGroup(expression);
  if (expression.query !== undefined) return writeQuery(expression.query);
  return expression.anyOf === undefined
    ? join(expression.allOf, 'AND', 'allOf()')
    : join(expression.anyOf, 'OR', 'anyOf()');
}

function join(expressions: readonly PermissionExpression[], operator: 'AND' | 'OR', what: string): Part {
  const parts = expressions.map(write);
  const [first, second] = parts;
  if (first === undefined) throw new TypeError(`${what} must name at least one permission`);
  if (second === undefined) return first;
  const texts = parts.map((part) =>
    operator === 'AND' && part.operator === 'OR' ? `(${part.text})` : part.text,
  );
  return { text: [...new Set(texts)].join(` ${operator} `), operator };
}

/** A query of the user's own, sent as the user wrote it. */
function writeQuery(query: string): Part {
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
      `permission ${JSON.stringify(name)} must contain only letters, digits and . _ - * : /; combine permissions with anyOf() and allOf(), or write a permissionQuery()`,
    );
  }
  return name;
}

const EXPECTED = 'a permission must be a name, anyOf(…) or allOf(…)';
const MEMBERS = ['query', 'anyOf', 'allOf'];

/**
 * Checks that there is exactly one member: a second one would be ignored, and with it the permissions that it requires.
 */
function checkGroup(expression: unknown): asserts expression is Exclude<PermissionExpression, string> {
  if (typeof expression !== 'object' || expression === null || Array.isArray(expression)) {
    throw new TypeError(`${EXPECTED}, or permissionQuery(…)`);
  }
  const members = Reflect.ownKeys(expression).map(String);
  const unknown = members.find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) throw new TypeError(`${EXPECTED}; unknown member "${unknown}"`);
  const [member, another] = MEMBERS.filter((name) => members.includes(name));
  if (member === undefined) throw new TypeError(`${EXPECTED}, got an object with neither`);
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
    throw new TypeError(`${EXPECTED}, and ${member} must be a list`);
}
