/**
 * Returns the port to listen on; 0 means any free port. Default: 3000.
 *
 * @throws Error if the text is not a port
 */
export function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return 3000;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`PORT must be a whole number from 0 to 65535, got '${text}'.`);
}
