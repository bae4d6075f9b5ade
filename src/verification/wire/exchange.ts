import type { Dispatcher } from 'undici';
import { AnswerCollector } from './answer-collector.js';
import type { WireAnswer } from './wire-answer.js';

/**
 * Sends one request once, and reads its answer whole.
 *
 * @throws ConnectionError where there is no answer; the signal's reason where it aborts
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const collector = new AnswerCollector(resolve, reject);
    if (signal.aborted) {
      reject(reasonOf(signal));
      return;
    }
    signal.addEventListener('abort', () => collector.cancel(reasonOf(signal)), { once: true });
    dispatcher.dispatch(request, collector);
  });
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}
