/** The context of log lines, which names the instance if it has a name. */
export function logContext({ name }: { readonly name: string | undefined }): string {
  return name === undefined ? 'UnkeyModule' : `UnkeyModule ${JSON.stringify(name)}`;
}
