/** A parsed permission query: the name of a permission, or an operator with two or more operands. */
export type PermissionTree =
  string | { readonly operator: 'AND' | 'OR'; readonly operands: PermissionTree[] };

/** The tree of a query, and whether one pair of parentheses encloses the whole query. */
export interface ParsedQuery {
  readonly tree: PermissionTree;
  readonly isEnclosed: boolean;
}

interface Token {
  readonly text: string;
  /** Counted from 0. */
  readonly position: number;
}

const TOKEN = /[A-Za-z0-9._\-*:/]+|[^\s]/gu;
const NAME = /^[A-Za-z0-9._\-*:/]+$/;
/** Whitespace that Unkey does not accept. */
const OTHER_WHITESPACE = /[^\S \t\r\n]/;

/**
 * Parses Unkey's query language as Unkey does: names joined by `AND` and `OR` in any letter case, `AND` binds tighter,
 * parentheses group. The only difference: non-ASCII characters are rejected, because Unkey reads them byte by byte.
 *
 * @throws TypeError that says what is wrong and at which position, counted from 0
 */
export function parsePermissionQuery(query: string): ParsedQuery {
  const parser = new Parser(query, tokensOf(query));
  const first = parser.peek();
  const tree = parser.alternatives();
  parser.end();
  return { tree, isEnclosed: first?.text === '(' && parser.isOneGroup };
}

class Parser {
  #at = 0;
  /** Whether the last token closes the parenthesis that the first token opened. */
  isOneGroup = false;

  constructor(
    private readonly query: string,
    private readonly tokens: readonly Token[],
  ) {}

  peek(): Token | undefined {
    return this.tokens[this.#at];
  }

  alternatives(): PermissionTree {
    return this.#joined('OR', () => this.#joined('AND', () => this.#operand()));
  }

  end(): void {
    const rest = this.peek();
    if (rest !== undefined) throw this.#fault(rest, 'AND, OR or the end of the query');
  }

  #joined(operator: 'AND' | 'OR', operand: () => PermissionTree): PermissionTree {
    const operands = [operand()];
    while (this.peek()?.text.toUpperCase() === operator) {
      this.#at++;
      operands.push(operand());
    }
    const [first] = operands;
    return first !== undefined && operands.length === 1 ? first : { operator, operands };
  }

  #operand(): PermissionTree {
    const token = this.peek();
    if (token?.text === '(') return this.#group();
    if (token === undefined || !isName(token.text)) throw this.#fault(token, 'a permission or "("');
    this.#at++;
    return token.text;
  }

  #group(): PermissionTree {
    const opening = this.#at++;
    const tree = this.alternatives();
    const closing = this.peek();
    if (closing?.text !== ')') throw this.#fault(closing, '")"');
    this.#at++;
    this.isOneGroup = opening === 0 && this.peek() === undefined;
    return tree;
  }

  #fault(token: Token | undefined, expected: string): TypeError {
    const found =
      token === undefined
        ? `ends at position ${this.query.length}`
        : `has ${JSON.stringify(token.text)} at position ${token.position}`;
    return new TypeError(
      `the permission query ${JSON.stringify(this.query)} ${found}, where ${expected} is expected`,
    );
  }
}

function tokensOf(query: string): Token[] {
  const whitespace = OTHER_WHITESPACE.exec(query);
  if (whitespace !== null) {
    throw new TypeError(
      `the permission query ${JSON.stringify(query)} has ${JSON.stringify(whitespace[0])} at position ${whitespace.index}; ` +
        'separate names only with spaces, tabs and line breaks',
    );
  }
  return Array.from(query.matchAll(TOKEN), ({ 0: text, index }) => ({ text, position: index }));
}

function isName(text: string): boolean {
  return NAME.test(text) && !/^(?:and|or)$/i.test(text);
}
