import type { CallDetails, ListName, PageState } from '../page-state.js';

/** A sentence of the server about what is wrong. */
export class Refusal extends Error {}

/** Reads the overview and, if one is named, a page of a list. */
export async function readState<Name extends ListName>(
  list: Name | undefined,
  query: Readonly<Record<string, string>>,
): Promise<PageState<Name>> {
  const params = new URLSearchParams({ ...(list && { list }), ...query });
  return read<PageState<Name>>(`state?${params}`);
}

/** The details of a call; `null` if the emulator no longer has it. */
export function readCall(id: number): Promise<CallDetails | null> {
  return read<CallDetails | null>(`calls/${id}`);
}

export function readOperations(): Promise<string[]> {
  return read<string[]>('operations');
}

/** Runs an operation of Unkey, with all permissions, and returns its `data`. */
export function runOperation(name: string, body: object): Promise<Record<string, unknown>> {
  return post(`operations/${name}`, body);
}

/** Does what only the emulator can do, for example `faults/add`. */
export function control(name: string, body: object = {}): Promise<Record<string, unknown>> {
  return post(name, body);
}

async function read<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`/_emulator/${path}`);
  const answer: unknown = await response.json();
  if (!response.ok) throw new Refusal(refusalText(answer));
  return answer as Answer;
}

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`/_emulator/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-unkey-emulator': 'page' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  // A rejected form has an error too, with the status 200.
  if (member(answer, 'error') !== undefined) throw new Refusal(refusalText(answer));
  const data = member(answer, 'data');
  return typeof data === 'object' && data !== null ? { ...data } : {};
}

/** The most precise sentences that an error has. */
function refusalText(answer: unknown): string {
  const error = member(answer, 'error');
  const entries = member(error, 'errors');
  const details = Array.isArray(entries) ? entries.map((entry) => member(entry, 'message')) : [];
  const texts = (details.length > 0 ? details : [member(error, 'detail')]).filter(isText);
  return texts.length > 0 ? texts.join(' ') : 'The emulator returned no reason.';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
