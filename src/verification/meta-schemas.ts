import type { Awaitable } from '../contracts/awaitable.js';
import type { MetaFault } from '../contracts/meta-fault.js';
import type { StandardSchemaV1 } from '../contracts/standard-schema.js';
import type { Verification } from '../contracts/verification.js';
import { plainCopy } from './plain-copy.js';
import { validateMeta, type MetaResult } from './validate-meta.js';
import { withMeta } from './verified-key-of.js';

/** The options `metaSchema` and `identityMetaSchema`. */
export interface MetaSchemaOptions {
  readonly metaSchema: StandardSchemaV1 | undefined;
  readonly identityMetaSchema: StandardSchemaV1 | undefined;
}

type Results = readonly [meta: MetaResult | undefined, identityMeta: MetaResult | undefined];

/** Checks the meta of valid keys, and replaces it with the output of the schemas. */
export class MetaSchemas {
  /** What {@link parse} returned, and the outputs of the schemas in it. */
  readonly #parsed = new WeakSet<object>();

  /** @param toError makes the error to throw for meta that does not match */
  constructor(
    private readonly schemas: MetaSchemaOptions,
    private readonly toError: (fault: MetaFault, verification: Verification) => Error,
  ) {}

  /**
   * Returns a new verification with the output of the schemas. Denials are returned unchanged. Returns a promise only if
   * a schema does.
   *
   * @throws what `toError` returns, if the meta does not match
   */
  parse(verification: Verification): Awaitable<Verification> {
    if (!verification.valid) return verification;
    const { identity } = verification;
    const meta = this.#validate(this.schemas.metaSchema, verification.meta);
    const identityMeta =
      identity === undefined ? undefined : this.#validate(this.schemas.identityMetaSchema, identity.meta);
    return isPending(meta) || isPending(identityMeta)
      ? Promise.all([meta, identityMeta]).then((results) => this.#finish(verification, results))
      : this.#finish(verification, [meta, identityMeta]);
  }

  /** Like {@link parse}, for a verification that may have been parsed already: returned by a subclass of the guard. */
  parseOnce(verification: Verification): Awaitable<Verification> {
    if (this.#parsed.has(verification)) return verification;
    const { meta, identity } = verification;
    const isCopy = [meta, identity?.meta].some((one) => one !== undefined && this.#parsed.has(one));
    // The copy lost its key, whose meta must stay the output of the schema.
    return isCopy
      ? withMeta(verification, { meta, ...(identity === undefined ? {} : { identityMeta: identity.meta }) })
      : this.parse(verification);
  }

  /** A copy, because what Unkey returned is frozen and shared, and the output of a schema can be its input. */
  #validate(schema: StandardSchemaV1 | undefined, meta: object = {}): Awaitable<MetaResult> | undefined {
    return schema === undefined ? undefined : validateMeta(schema, plainCopy(meta));
  }

  #finish(verification: Verification, [meta, identityMeta]: Results): Verification {
    const faults = [faultOf('meta', meta), faultOf('identity.meta', identityMeta)].filter(
      (fault) => fault !== undefined,
    );
    if (faults.length > 0) {
      const paths = faults.flatMap((fault) => fault.paths);
      const { reason } = faults.find((fault) => fault.reason !== undefined) ?? { reason: undefined };
      throw this.toError({ keyId: verification.keyId, paths, reason }, verification);
    }
    const outputs = {
      ...(meta !== undefined && 'value' in meta ? { meta: meta.value } : {}),
      ...(identityMeta !== undefined && 'value' in identityMeta ? { identityMeta: identityMeta.value } : {}),
    };
    const parsed = withMeta(verification, outputs);
    for (const one of [parsed, ...Object.values(outputs)]) if (isObject(one)) this.#parsed.add(one);
    return parsed;
  }
}

function faultOf(place: string, result: MetaResult | undefined) {
  if (result === undefined || 'value' in result) return undefined;
  const { paths, reason } = result;
  return { paths: paths.length === 0 ? [place] : paths.map((path) => `${place}.${path}`), reason };
}

function isPending(value: Awaitable<MetaResult> | undefined): value is Promise<MetaResult> {
  return value !== undefined && 'then' in value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
