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
    const entries = [...guardCodes(options), ...checks.map(({ status, code }): Entry => [status, code])];
    return this.#add(declared, options, byStatus(entries), (status, codes) => ({
      name: componentName(status, codes),
      description: codes.map(line).join('\n'),
    }));
  }

  /** Adds the responses of `@Ratelimit()` to an operation that checks no key. */
  addLimitsTo(declared: Operation['responses'], options: ResponseOptions): Operation['responses'] {
    const entries = LIMIT_CODES.map((code): Entry => [statusOf(code, options), code]);
    return this.#add(declared, options, byStatus(entries), (status, codes) => ({
      name: `UnkeyRatelimit${status}`,
      description: codes.map(limitLine).join('\n'),
    }));
  }

  #add(
    declared: Operation['responses'],
    options: ResponseOptions,
    responses: readonly [status: number, codes: string[]][],
    textsOf: (status: number, codes: readonly string[]) => { name: string; description: string },
  ): Operation['responses'] {
    const added: Record<string, Reference> = {};
    for (const [status, codes] of responses) {
      if (isDeclared(declared, status)) continue;
      const schema = this.#schemas.add(...bodySchema(options));
      const { name: wanted, description } = textsOf(status, codes);
      const name = this.#responses.add(wanted, {
        description,
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

type Entry = readonly [status: number, code: string];

/** What `@Ratelimit()` answers: the limit is exceeded, or it cannot be counted. */
const LIMIT_CODES = ['RATE_LIMITED', 'UNKEY_MISCONFIGURED', 'UNKEY_UNAVAILABLE'] as const;

const LIMIT_TEXTS: Readonly<Record<string, string>> = {
  RATE_LIMITED: 'The rate limit is exceeded.',
  UNKEY_MISCONFIGURED: 'Rate limits cannot be checked because this server is misconfigured.',
  UNKEY_UNAVAILABLE: 'Rate limits cannot be checked right now.',
};

function guardCodes(options: ResponseOptions): Entry[] {
  return Object.keys(DENIALS)
    .filter(isDenialCode)
    .map((code): Entry => [statusOf(code, options), code]);
}

function statusOf(code: keyof typeof DENIALS, { statuses }: ResponseOptions): number {
  return statuses[code] ?? DENIALS[code].status;
}

/** The codes of each status, in the order of the statuses. */
function byStatus(entries: readonly Entry[]): [status: number, codes: string[]][] {
  const codes = new Map<number, Set<string>>();
  for (const [status, code] of entries) codes.set(status, (codes.get(status) ?? new Set()).add(code));
  return [...codes].map(([status, set]): [number, string[]] => [status, [...set]]).sort(([a], [b]) => a - b);
}

/** The name includes custom codes, because handlers with and without them have different responses. */
function componentName(status: number, codes: readonly string[]): string {
  return ['Unkey' + String(status), ...codes.filter((code) => !isDenialCode(code))].join('_');
}

function line(code: string): string {
  return isDenialCode(code) ? `- \`${code}\`: ${denialOf(code).message}` : `- \`${code}\``;
}

function limitLine(code: string): string {
  return `- \`${code}\`: ${LIMIT_TEXTS[code] ?? ''}`;
}

/** `4XX` declares every status from 400 to 499. */
function isDeclared(declared: Operation['responses'], status: number): boolean {
  const text = String(status);
  return Object.keys(declared).some((one) => one === text || one.toUpperCase() === `${text.charAt(0)}XX`);
}
