/**
 * Unkey, or something in its place, answered with something that is no verdict. Holds plain facts and nothing of
 * the request, so it may be printed.
 */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';

  /**
   * @param statusCode the HTTP status; 200 for an answer that cannot be read
   * @param requestId Unkey's id of the call
   * @param retryAfter seconds
   */
  constructor(
    readonly statusCode: number,
    readonly requestId?: string,
    readonly retryAfter?: number,
  ) {
    super(statusCode === 200 ? 'an answer that cannot be read' : `Unkey answered ${statusCode}`);
  }
}
