import { ApiError } from '../api-error.js';
import { type Token, tokenize } from './permission-tokens.js';

/** A parsed query: whether the permissions of a key satisfy it. */
export type PermissionQuery = (held: ReadonlySet<string>) => boolean;

/**
 * Parses Unkey's permission query: names, AND and OR in any letter case, parentheses. AND binds tighter. Names are
 * compared exactly; `*` is not a wildcard.
 *
 * @throws {ApiError} 400 for a syntax error
 */
export function parsePermissionQuery(text: string): PermissionQuery {
  const parser = new Parser(tokenize(text));
  const query = parser.or();
  parser.end();
  return query;
}

class Parser {
  #at = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    if (this.#peek().kind === 'end') throw refuse('The permission query is empty.');
  }

  or(): PermissionQuery {
    let left = this.#and();
    while (this.#take('or')) {
      const [a, b] = [left, this.#and()];
      left = (held) => a(held) || b(held);
    }
    return left;
  }

  end(): void {
    const rest = this.#peek();
    if (rest.kind === 'end') return;
    throw refuse(
      `Unexpected '${rest.text}' at position ${rest.position}, after the end of the permission query.`,
    );
  }

  #and(): PermissionQuery {
    let left = this.#operand();
    while (this.#take('and')) {
      const [a, b] = [left, this.#operand()];
      left = (held) => a(held) && b(held);
    }
    return left;
  }

  #operand(): PermissionQuery {
    const token = this.#peek();
    if (token.kind === 'permission') {
      this.#at++;
      return (held) => held.has(token.text);
    }
    if (token.kind === '(') return this.#group();
    if (token.kind === 'illegal') throw refuse('');
    throw refuse(
      token.kind === 'end'
        ? 'The permission query ends too early: a permission or an opening parenthesis must follow.'
        : `Unexpected '${token.text}' at position ${token.position}: expected a permission or an opening parenthesis.`,
    );
  }

  #group(): PermissionQuery {
    this.#at++;
    const next = this.#peek();
    if (next.kind === ')') throw refuse(`The parentheses that close at position ${next.position} are empty.`);
    const query = this.or();
    const closing = this.#peek();
    if (!this.#take(')')) throw refuse(`A closing parenthesis is missing at position ${closing.position}.`);
    return query;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', position: 0 };
  }

  #take(kind: Token['kind']): boolean {
    if (this.#peek().kind !== kind) return false;
    this.#at++;
    return true;
  }
}

function refuse(detail: string): ApiError {
  return new ApiError('permissionsQuerySyntax', detail);
}
