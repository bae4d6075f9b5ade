/** The content type of an error response. Entries of `Accept` are compared exactly. */
export function errorContentType(accept: string | undefined): string {
  const accepts = (accept ?? '').split(',').map((entry) => (entry.split(';')[0] ?? '').trim());
  const problem = accepts.some((type) => ['application/problem+json', 'application/*', '*/*'].includes(type));
  return problem ? 'application/problem+json' : 'application/json';
}

/** Whether a `Content-Type` is JSON, in any letter case and with any parameters, unless a parameter has two different values. */
export function isJson(contentType: string | undefined): boolean {
  const [type = '', ...parameters] = (contentType ?? '').split(';');
  const values = new Map<string, string>();
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    // Everything after a malformed parameter is ignored.
    if (equals === -1) break;
    const name = parameter.slice(0, equals).trim().toLowerCase();
    const value = parameter.slice(equals + 1).trim();
    if (values.has(name) && values.get(name) !== value) return false;
    values.set(name, value);
  }
  return type.trim().toLowerCase() === 'application/json';
}
