import type { CountedLimit, CountedLimits } from '../../contracts/limit.js';
import { isRecord, isText, readData } from './read-data.js';
import { UnexpectedResponseError } from './unexpected-response.error.js';
import type { WireResponse } from './wire-response.js';

/**
 * Reads the response to `ratelimit.multiLimit`. Unknown fields are accepted. There must be one limit for each that was
 * asked for, and `passed` must not contradict the limits.
 *
 * @param expected how many limits were requested
 * @throws UnexpectedResponseError if the response is not such an answer
 */
export function readLimits(response: WireResponse, expected: number): CountedLimits {
  const { data, requestId } = readData(response);
  const { passed, limits } = data;
  if (!Array.isArray(limits) || limits.length !== expected || !limits.every(isLimit)) {
    throw new UnexpectedResponseError(200, requestId);
  }
  if (passed !== limits.every((limit) => limit.passed)) throw new UnexpectedResponseError(200, requestId);
  return { answer: Object.freeze({ passed, limits: Object.freeze(limits.map(knownFields)) }), requestId };
}

function isLimit(value: unknown): value is CountedLimit {
  return (
    isRecord(value) &&
    isText(value['namespace']) &&
    isText(value['identifier']) &&
    [value['limit'], value['remaining'], value['reset']].every(Number.isFinite) &&
    typeof value['passed'] === 'boolean' &&
    (value['overrideId'] === undefined || isText(value['overrideId']))
  );
}

function knownFields(limit: CountedLimit): CountedLimit {
  const { namespace, identifier, limit: most, remaining, reset, passed, overrideId } = limit;
  return Object.freeze({
    namespace,
    identifier,
    limit: most,
    remaining,
    reset,
    passed,
    ...(overrideId === undefined ? {} : { overrideId }),
  });
}
