/**
 * Whether a token has the form of a JWT: three (JWS) or five (JWE) parts of base64url, the first of which is a JSON
 * object and so begins with `eyJ`. Every other part may be empty.
 */
export function isJwtShape(token: string): boolean {
  return token.startsWith('eyJ') && JWT.test(token);
}

const JWT = /^[\w-]+(?:\.[\w-]*){2}(?:(?:\.[\w-]*){2})?$/;
