import { failure, type Reply } from './reply.js';

/** A request, as far as its response depends on it. */
export interface RequestDetails {
  readonly requestId: string;
  readonly accept: string | undefined;
}

/**
 * Executes a request and persists what it changed. A rejected request may have changed something too, for example made a
 * refill that was due.
 *
 * @param execute if it throws, the response is that error
 * @param commit if it throws, nothing has changed, and the response is that error
 */
export function executeAndCommit(
  execute: () => Reply,
  commit: () => void,
  { requestId, accept }: RequestDetails,
): Reply {
  const attempt = (make: () => Reply): Reply => {
    try {
      return make();
    } catch (error) {
      return failure(error, requestId, accept);
    }
  };
  const reply = attempt(execute);
  return attempt(() => {
    commit();
    return reply;
  });
}
