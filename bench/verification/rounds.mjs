// Measures the contenders of one adapter in turn, round after round.
import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from './child.mjs';
import { CALLS_PER_REQUEST } from './contenders.mjs';
import { CONNECTIONS, generateLoad } from './load.mjs';
import { pinServer } from './pin.mjs';

/** Warm-up rounds with all contenders, so that their shared code is compiled before the measurement. */
const WARM_UP_ROUNDS = 2;
const WARM_UP_SECONDS = 0.5;
/** The minimum number of requests in a slot. On a busy machine, a process may hardly run in a short slot. */
const LEAST_REQUESTS = 3 * CONNECTIONS;
const TRIES = 5;
const SETTLE_MS = 30;

/**
 * Returns the figures of each contender, one per round. Runs `starts` hosts one after the other and reverses the order of the
 * apps in every other host, because the code that V8 compiles first is optimised differently.
 */
export async function measureInRounds({ adapter, names, upstream, starts, rounds, seconds }) {
  const figures = new Map(names.map((name) => [name, []]));
  for (let start = 0; start < starts; start++) {
    const order = start % 2 === 0 ? names : names.toReversed();
    const host = await startChild('host.mjs', [adapter, upstream.ready.url, ...order]);
    pinServer(host.pid);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      for (const name of orderOf(order, round)) await measure(host, upstream, name, WARM_UP_SECONDS);
    }
    for (let round = 0; round < rounds; round++) {
      for (const name of orderOf(order, round)) {
        figures.get(name).push(await measure(host, upstream, name, seconds));
      }
    }
    host.stop();
  }
  return figures;
}

/** Rotates the order each round and reverses every other round, so that no contender always follows the same one. */
function orderOf(names, round) {
  const by = round % names.length;
  const rotated = [...names.slice(by), ...names.slice(0, by)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}

/** Measures one slot of a contender. If too few requests were answered, measures again for twice as long. */
async function measure(host, upstream, name, seconds) {
  for (let n = 0; n < TRIES; n++) {
    const figure = await measureOnce(host, upstream, name, seconds * 2 ** n);
    if (figure.requests >= LEAST_REQUESTS) return figure;
  }
  throw new Error(`${name}: fewer than ${LEAST_REQUESTS} requests were answered, ${TRIES} times in a row.`);
}

async function measureOnce(host, upstream, name, seconds) {
  const callsBefore = await settledCalls(upstream);
  const begun = await host.ask({ step: 'begin', name });
  const { requests, perSecond, p99 } = await generateLoad(host.ready.urls[name], seconds);
  const ended = await host.ask({ step: 'end', name });
  const calls = (await settledCalls(upstream)) - callsBefore;
  checkCalls(name, requests, calls);
  const cpu = ended.cpu - begun.cpu;
  return {
    requests,
    microseconds: cpu / requests,
    perCore: (requests / cpu) * 1_000_000,
    perSecond,
    p99,
  };
}

/** Waits for the calls that are in flight when the load stops, and returns the number of calls so far. */
async function settledCalls(upstream) {
  let { calls } = await upstream.ask('calls');
  for (;;) {
    await delay(SETTLE_MS);
    const later = (await upstream.ask('calls')).calls;
    if (later === calls) return calls;
    calls = later;
  }
}

/** Fails if a cached guard called Unkey, or if an uncached one did not call it once per request. */
function checkCalls(name, requests, calls) {
  const expected = CALLS_PER_REQUEST[name] * requests;
  // When the load stops, each connection may have one call in flight, of this slot or of the previous one.
  if (Math.abs(calls - expected) > 2 * CONNECTIONS) {
    throw new Error(`${name}: ${calls} calls to Unkey for ${requests} requests, must be ${expected}.`);
  }
}
