/** The content type of a refusal: what a caller accepts, told letter for letter. */
export function errorContentType(accept: string | undefined): string {
  const accepts = (accept ?? '').split(',').map((entry) => (entry.split(';')[0] ?? '').trim());
  const problem = accepts.some((type) => ['application/problem+json', 'application/*', '*/*'].includes(type));
  return problem ? 'application/problem+json' : 'application/json';
}

/** Whether a `Content-Type` is JSON, in any letter case and with any parameters, none of them with two values. */
export function isJson(contentType: string | undefined): boolean {
  const [type = '', ...parameters] = (contentType ?? '').split(';');
  const values = new Map<string, string>();
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    // What follows a parameter that cannot be read is not looked at.
    if (equals === -1) break;
    const name = parameter.slice(0, equals).trim().toLowerCase();
    const value = parameter.slice(equals + 1).trim();
    if (values.has(name) && values.get(name) !== value) return false;
    values.set(name, value);
  }
  return type.trim().toLowerCase() === 'application/json';
}
