import type { PermissionExpression } from '../contracts/verify-options.js';

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
  if (query.length > MAX_LENGTH) {
    throw new TypeError(
      `the permissions make a query of ${query.length} characters, Unkey takes ${MAX_LENGTH} at most`,
    );
  }
  return query;
}

/** A part of a query with the operator at its top, which decides whether it needs parentheses around it. */
interface Part {
  readonly text: string;
  readonly operator: 'AND' | 'OR' | undefined;
}

function write(expression: PermissionExpression): Part {
  if (typeof expression === 'string') return { text: checkedName(expression), operator: undefined };
  checkGroup(expression);
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

function checkedName(name: string): string {
  if (OPERATOR.test(name)) {
    throw new TypeError(
      `a permission cannot be named "${name}", which is an operator in Unkey's query language`,
    );
  }
  if (!NAME.test(name)) {
    throw new TypeError(
      `permission ${JSON.stringify(name)} must be made of letters, digits and . _ - * : / alone; combine permissions with anyOf() and allOf()`,
    );
  }
  return name;
}

/** Exactly one member, since a second one would be ignored, and with it what it demands. */
function checkGroup(expression: unknown): asserts expression is Exclude<PermissionExpression, string> {
  if (typeof expression !== 'object' || expression === null || Array.isArray(expression)) {
    throw new TypeError('a permission must be a name, anyOf(…) or allOf(…)');
  }
  const members = Reflect.ownKeys(expression).map(String);
  const unknown = members.find((member) => member !== 'anyOf' && member !== 'allOf');
  if (unknown !== undefined) {
    throw new TypeError(`a permission must be a name, anyOf(…) or allOf(…), there is no "${unknown}"`);
  }
  const [member, another] = members;
  if (member === undefined) {
    throw new TypeError('a permission must be a name, anyOf(…) or allOf(…), got an object without either');
  }
  if (another !== undefined) {
    throw new TypeError(
      'a permission cannot have both anyOf and allOf in one object; nest them, as in allOf("a", anyOf("b", "c"))',
    );
  }
  if (!Array.isArray(Reflect.get(expression, member))) {
    throw new TypeError(`a permission must be a name, anyOf(…) or allOf(…), and ${member} must be a list`);
  }
}
