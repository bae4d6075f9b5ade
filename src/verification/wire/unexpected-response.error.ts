/**
 * Unkey, or a proxy in front of it, sent a response that is not a verification. Holds nothing of the request, so it can
 * be printed.
 */
export class UnexpectedResponseError extends Error {
  override readonly name = 'UnexpectedResponseError';

  /**
   * @param statusCode the HTTP status; 200 if the body cannot be read
   * @param requestId Unkey's id of the call
   * @param retryAfter seconds
   */
  constructor(
    readonly statusCode: number,
    readonly requestId?: string,
    readonly retryAfter?: number,
  ) {
    super(statusCode === 200 ? 'the response cannot be read' : `Unkey returned ${statusCode}`);
  }
}
