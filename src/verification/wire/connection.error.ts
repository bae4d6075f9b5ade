/**
 * There is no response: Unkey could not be reached, the connection ended, or the response was too large. Holds nothing
 * of the request, so it can be printed.
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  /**
   * @param code a code of Node or undici, such as `ECONNREFUSED`, or our own, such as `ERR_TOO_LARGE`
   * @param sent whether a part of the request may have been sent
   */
  constructor(
    readonly code: string,
    readonly sent: boolean,
  ) {
    super(`no response from Unkey (${code})`);
  }
}
