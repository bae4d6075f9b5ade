/** When an answer that a WebSocket client was given may serve its next message too. */
export interface Reverification {
  /** `'message'`: never. */
  readonly verifyOn: 'connection' | 'message';
  /** ms that an answer may be used for. */
  readonly reverifyAfter: number;
  /** The clock, in Unix ms. */
  now(): number;
  /** The moment at which something is asked, in the order of what happened in this process. */
  moment(): number;
  /** Whether one of these (key hashes, key ids) was invalidated after a moment. */
  isInvalidatedSince(moment: number, ...ids: readonly (string | undefined)[]): boolean;
}
