/** The principal that Unkey's gateway sends for the caller of a request, version `v1`. */
export interface ApiKeyPrincipal {
  readonly identity?: { readonly externalId: string; readonly meta?: Meta };
  readonly key: PrincipalKey;
}

/** The key that the gateway has verified. */
export interface PrincipalKey {
  readonly keyId: string;
  readonly keySpaceId: string;
  readonly name?: string;
  /** Unix ms */
  readonly expiresAt?: number;
  /** The credits left after this request. */
  readonly credits?: number;
  readonly meta?: Meta;
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
}

type Meta = Readonly<Record<string, unknown>>;

/** A principal of an API key or a JWT, or why the header cannot be read. Reasons contain no values of the header. */
export type ReadPrincipal =
  | { readonly type: 'API_KEY'; readonly principal: ApiKeyPrincipal }
  | { readonly type: 'JWT' }
  | { readonly type: 'unreadable'; readonly reason: string };
