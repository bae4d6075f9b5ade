import type { Dispatcher } from 'undici';
import type { Cancellation } from '../cancellation.js';
import { AnswerCollector } from './answer-collector.js';
import type { WireAnswer } from './wire-answer.js';

/**
 * Sends one request once, and reads its answer whole.
 *
 * @throws ConnectionError where there is no answer; the cancellation's reason where it is cancelled
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  cancellation: Cancellation,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const collector = new AnswerCollector(resolve, reject);
    if (cancellation.reason !== undefined) {
      reject(cancellation.reason);
      return;
    }
    cancellation.onCancel((reason) => collector.cancel(reason));
    dispatcher.dispatch(request, collector);
  });
}
