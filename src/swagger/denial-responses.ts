import type { ResolvedKeyCheck } from '../contracts/key-check.js';
import { DENIALS, denialOf, isDenialCode } from '../errors/denial-table.js';
import { bodySchema } from './body-schema.js';
import { ComponentNames } from './component-names.js';
import type { Operation, Reference, Response, Responses, Schemas } from './open-api.js';
import { denialHeaders } from './denial-headers.js';
import type { ResponseOptions } from './response-options.js';

/** The responses with which the guard denies a request, as components that operations refer to. */
export class DenialResponses {
  readonly #schemas: ComponentNames<Schemas[string]>;
  readonly #responses: ComponentNames<Responses[string]>;

  constructor(given: { schemas?: Schemas; responses?: Responses }) {
    this.#schemas = new ComponentNames(given.schemas);
    this.#responses = new ComponentNames(given.responses);
  }

  get schemas(): Schemas {
    return this.#schemas.all;
  }

  get responses(): Responses {
    return this.#responses.all;
  }

  /**
   * Adds a response for every status that the guard can deny a request with. A response that the user declared stays.
   *
   * @param checks the checks of the handler, whose codes and statuses are the user's
   */
  addTo(
    declared: Operation['responses'],
    options: ResponseOptions,
    checks: readonly ResolvedKeyCheck[],
  ): Operation['responses'] {
    const added: Record<string, Reference> = {};
    for (const [status, codes] of codesByStatus(options, checks)) {
      if (isDeclared(declared, status)) continue;
      const schema = this.#schemas.add(...bodySchema(options));
      const name = this.#responses.add(componentName(status, codes), {
        description: codes.map(line).join('\n'),
        ...denialHeaders(status, codes, options),
        content: {
          [options.problemDetails ? 'application/problem+json' : 'application/json']: {
            schema: { $ref: `#/components/schemas/${schema}` },
          },
        },
      } satisfies Response);
      added[status] = { $ref: `#/components/responses/${name}` };
    }
    return { ...declared, ...added };
  }
}

/** The codes by status, as the option `statuses` and the checks have them, in the order of the statuses. */
function codesByStatus(
  { statuses }: ResponseOptions,
  checks: readonly ResolvedKeyCheck[],
): [status: number, codes: string[]][] {
  const codes = new Map<number, Set<string>>();
  const add = (status: number, code: string) => codes.set(status, (codes.get(status) ?? new Set()).add(code));
  for (const code of Object.keys(DENIALS).filter(isDenialCode))
    add(statuses[code] ?? DENIALS[code].status, code);
  for (const { status, code } of checks) add(status, code);
  return [...codes].map(([status, set]): [number, string[]] => [status, [...set]]).sort(([a], [b]) => a - b);
}

/** The name includes custom codes, because handlers with and without them have different responses. */
function componentName(status: number, codes: readonly string[]): string {
  return ['Unkey' + String(status), ...codes.filter((code) => !isDenialCode(code))].join('_');
}

function line(code: string): string {
  return isDenialCode(code) ? `- \`${code}\`: ${denialOf(code).message}` : `- \`${code}\``;
}

/** `4XX` declares every status from 400 to 499. */
function isDeclared(declared: Operation['responses'], status: number): boolean {
  const text = String(status);
  return Object.keys(declared).some((one) => one === text || one.toUpperCase() === `${text.charAt(0)}XX`);
}
