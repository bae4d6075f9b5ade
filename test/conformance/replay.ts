import type { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { comparable } from './comparable.js';
import type { RecordedAnswer, Scenario, Step } from './scenario.js';
import { fill, type Memory } from './template.js';

/** What was recorded and what the emulator answered instead. */
export interface Replayed {
  /** The step and the repetition, for example `3.0 keys.verifyKey`. */
  readonly step: string;
  readonly recorded: RecordedAnswer | undefined;
  readonly answered: RecordedAnswer;
}

/** Sends a step's request; gives `undefined` to have it sent as it was recorded. */
export type Sender = (
  step: Step,
  body: unknown,
  rootKey: string | undefined,
) => Promise<RecordedAnswer> | undefined;

/**
 * Sends a scenario's requests one after the other; where the recording waited, the emulator's clock is moved.
 *
 * @param sender for requests that are to go another way
 */
export async function replay(
  { steps, answers }: Scenario,
  unkey: UnkeyEmulator,
  rootKeys: Readonly<Record<string, string>>,
  sender: Sender = () => undefined,
): Promise<Replayed[]> {
  const run = Math.random().toString(36).slice(2, 10);
  const memory: Memory = { run, answers: new Map(), now: () => unkey.clock.now() };
  const replayed: Replayed[] = [];
  let base = 0;
  for (const [index, step] of steps.entries()) {
    if (step.wait !== undefined) unkey.clock.advance(step.wait);
    if (step.align !== undefined) {
      base = (Math.floor(unkey.clock.now() / step.align) + 1) * step.align;
      unkey.clock.set(base + (step.at ?? 0));
    }
    if (step.call === undefined && step.raw === undefined) continue;
    for (let time = 0; time < (step.times ?? 1); time++) {
      const sent = sender(step, fill(step.body ?? {}, memory), rootKeys[step.auth ?? 'root']);
      const { status, type, body } = await (sent ?? send(step, unkey.url, rootKeys, memory));
      if (step.id !== undefined) memory.answers.set(step.id, body);
      const answered = { status, type, body: comparable(body, { run, base, ignore: step.ignore ?? [] }) };
      const name = step.call ?? step.raw?.path ?? '';
      replayed.push({ step: `${index}.${time} ${name}`, recorded: answers[`${index}.${time}`], answered });
    }
  }
  return replayed;
}

async function send(
  step: Step,
  url: string,
  rootKeys: Readonly<Record<string, string>>,
  memory: Memory,
): Promise<RecordedAnswer> {
  const auth = step.auth ?? 'root';
  const headers = new Headers();
  if (auth !== 'none') headers.set('authorization', `Bearer ${rootKeys[auth] ?? ''}`);
  if (step.call !== undefined) headers.set('content-type', 'application/json');
  for (const [name, value] of Object.entries(step.headers ?? step.raw?.headers ?? {})) {
    headers.set(name, String(fill(value, memory)));
  }
  const response = await fetch(url + (step.raw?.path ?? `/v2/${step.call}`), {
    method: step.raw?.method ?? 'POST',
    headers,
    body: bodyOf(step, memory) ?? null,
    redirect: 'manual',
  });
  const text = await response.text();
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  return { status: response.status, type, body: parsed(text) };
}

function bodyOf(step: Step, memory: Memory): string | undefined {
  if (step.call !== undefined) return JSON.stringify(fill(step.body ?? {}, memory));
  if (step.raw?.body === undefined) return undefined;
  const body = fill(step.raw.body, memory);
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
