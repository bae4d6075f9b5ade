/**
 * The port to listen on; 0 is any that is free.
 *
 * @throws Error in one sentence, for what is no port
 */
export function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return 3000;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`PORT must be a whole number from 0 to 65535, it is '${text}'.`);
}
