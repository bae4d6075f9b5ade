/** The content type of a refusal: what a caller accepts, told letter for letter. */
export function errorContentType(accept: string | undefined): string {
  const accepts = (accept ?? '').split(',').map((entry) => (entry.split(';')[0] ?? '').trim());
  const problem = accepts.some((type) => ['application/problem+json', 'application/*', '*/*'].includes(type));
  return problem ? 'application/problem+json' : 'application/json';
}

/** Whether a `Content-Type` is JSON, in any letter case and with any parameters. */
export function isJson(contentType: string | undefined): boolean {
  return (contentType?.split(';')[0] ?? '').trim().toLowerCase() === 'application/json';
}
