/** When a verification can be reused for further messages of the same WebSocket client. */
export interface Reverification {
  /** `'message'`: every message is verified. */
  readonly verifyOn: 'connection' | 'message';
  /** How long a verification can be reused, in ms. */
  readonly reverifyAfter: number;
  /** The clock, in Unix ms. */
  now(): number;
  /** A number that grows with every event in this process, to compare with the time of an invalidation. */
  moment(): number;
  /** Whether one of these keys (by hash or id) was invalidated after a moment. */
  isInvalidatedSince(moment: number, ...ids: readonly (string | undefined)[]): boolean;
}
