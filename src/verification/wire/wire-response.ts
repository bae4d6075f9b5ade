/** An HTTP response with its complete body, not parsed yet. */
export interface WireResponse {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly text: string;
}
