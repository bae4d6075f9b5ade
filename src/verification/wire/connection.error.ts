/**
 * There is no answer: nobody could be reached, or the connection ended, or what came was too much. Holds a code
 * and nothing of the request, so it may be printed.
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  /**
   * @param code of Node or undici, such as `ECONNREFUSED`; of ours: `ERR_TOO_LARGE`
   * @param sent whether any byte of the request may have left
   */
  constructor(
    readonly code: string,
    readonly sent: boolean,
  ) {
    super(`no answer from Unkey (${code})`);
  }
}
