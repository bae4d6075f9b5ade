import type { ExecutionContext } from '@nestjs/common';
import type { RequestState } from './request-state.js';
import type { VerifiedKey } from './verified-key.js';

/** How one kind of request (HTTP today) is read and answered. */
export interface Transport {
  /** What guards and decorators of this request share. */
  state(context: ExecutionContext): RequestState;
  /** Puts the key into the state, and where handlers look for it. */
  attach(context: ExecutionContext, key: VerifiedKey): void;
  /** The pattern of the matched route, global prefix and version included; `undefined` where there is none. */
  routePattern(context: ExecutionContext): string | undefined;
  /** The caller's address as the app sees it; `undefined` where there is none. */
  clientIp?(context: ExecutionContext): string | undefined;
  /** Sends these with the answer; a transport without headers ignores them. */
  setHeaders(context: ExecutionContext, headers: Readonly<Record<string, string>>): void;
}
