import type { ExecutionContext } from '@nestjs/common';
import type { RequestState } from './request-state.js';
import type { VerifiedKey } from './verified-key.js';

/** How one kind of request (HTTP today) is read and answered. */
export interface Transport {
  /** What the guards of this request share that verify by the same `scope`; see {@link RequestState}. */
  state(context: ExecutionContext, scope: string): RequestState;
  /** Puts the key into the state of this `scope`, and where handlers look for it. */
  attach(context: ExecutionContext, scope: string, key: VerifiedKey): void;
  /** The pattern of the matched route, global prefix and version included; `undefined` where there is none. */
  routePattern(context: ExecutionContext): string | undefined;
  /** The caller's address as the app sees it; `undefined` where there is none. */
  clientIp?(context: ExecutionContext): string | undefined;
  /** Sends these with the answer; a transport without headers ignores them. */
  setHeaders(context: ExecutionContext, headers: Readonly<Record<string, string>>): void;
}
