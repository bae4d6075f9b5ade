/**
 * A Security Scheme Object of OpenAPI 3. Declared here, because `@nestjs/swagger`, which has a type for it, is optional.
 */
export interface SecuritySchemeObject {
  readonly type: 'apiKey' | 'http' | 'oauth2' | 'openIdConnect';
  /** Text for people, in Markdown. */
  readonly description?: string;
  /** With `type: 'apiKey'`: the name of the header, query parameter or cookie. */
  readonly name?: string;
  /** With `type: 'apiKey'`. */
  readonly in?: 'header' | 'query' | 'cookie';
  /** With `type: 'http'`: the scheme in the `Authorization` header, such as `'bearer'`. */
  readonly scheme?: string;
  /** With `type: 'http'` and `scheme: 'bearer'`: what the token is, such as `'JWT'`. */
  readonly bearerFormat?: string;
}
