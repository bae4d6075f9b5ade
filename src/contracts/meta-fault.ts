/** Why the meta of a valid key does not match the schema. Contains no values of it. */
export interface MetaFault {
  readonly keyId: string | undefined;
  /** Where: `meta`, `meta.plan`, `identity.meta.seats`. */
  readonly paths: readonly string[];
  /** What is wrong with the schema itself, if it did not judge the value. */
  readonly reason: string | undefined;
}
