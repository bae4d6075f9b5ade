/**
 * Whether a token looks like a JWT: three (JWS) or five (JWE) parts of base64url. The first part is a JSON object, so it
 * begins with `eyJ`. Every other part may be empty.
 */
export function isJwtShape(token: string): boolean {
  return token.startsWith('eyJ') && JWT.test(token);
}

const JWT = /^[\w-]+(?:\.[\w-]*){2}(?:(?:\.[\w-]*){2})?$/;
