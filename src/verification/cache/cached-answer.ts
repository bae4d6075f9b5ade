import type { Verification } from '../../contracts/verification.js';

/** A yes that is remembered. All times in Unix ms. */
export interface CachedAnswer {
  readonly verification: Verification;
  readonly asked: number;
  /** Until then it is as good as an answer. */
  readonly freshUntil: number;
  /** Until then it may stand in while Unkey cannot be asked. */
  readonly staleUntil: number;
}
