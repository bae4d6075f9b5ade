import type { PermissionExpression } from '../contracts/verify-options.js';
import { parsePermissionQuery } from './parse-permission-query.js';

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
  if (isQuery(expression)) return written(expression.query);
  if (isGroup(expression, 'anyOf')) return join(expression.anyOf, 'OR', 'anyOf()');
  if (isGroup(expression, 'allOf')) return join(expression.allOf, 'AND', 'allOf()');
  throw new TypeError('a permission must be a name, anyOf(…) or allOf(…), or permissionQuery(…)');
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
function written(query: unknown): Part {
  if (typeof query !== 'string') throw new TypeError('permissionQuery() takes a query as a string');
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

function isQuery(expression: unknown): expression is { readonly query: unknown } {
  return typeof expression === 'object' && expression !== null && 'query' in expression;
}

function isGroup<Kind extends 'anyOf' | 'allOf'>(
  expression: unknown,
  kind: Kind,
): expression is { readonly [K in Kind]: readonly PermissionExpression[] } {
  return (
    typeof expression === 'object' &&
    expression !== null &&
    kind in expression &&
    Array.isArray(Reflect.get(expression, kind))
  );
}
