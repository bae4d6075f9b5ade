import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One step of a scenario: a request, or a moment to wait for. */
export interface Step {
  id?: string;
  /** An operation, sent as POST with `body` as JSON. */
  call?: string;
  body?: unknown;
  /** Any other request; a text is sent as it stands. */
  raw?: { method: string; path: string; headers?: Record<string, string>; body?: unknown };
  /** Which root key; `none` for no Authorization header. Default `root`. */
  auth?: string;
  headers?: Record<string, string>;
  times?: number;
  /** Milliseconds to wait. */
  wait?: number;
  /** Waits until `at` ms after the next whole multiple of this many ms. */
  align?: number;
  at?: number;
  /** Paths of the answer that are not compared. */
  ignore?: string[];
}

/** An answer as it is compared. */
export interface RecordedAnswer {
  status: number;
  type: string;
  body: unknown;
}

/** Requests and what Unkey's server answered to them. */
export interface Scenario {
  name: string;
  why: string;
  steps: Step[];
  /** By step and repetition, for example `3.0`. */
  answers: Record<string, RecordedAnswer>;
}

const folder = fileURLToPath(new URL('traces/', import.meta.url));

/** All recordings. */
export function scenarios(): Scenario[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file): Scenario => JSON.parse(readFileSync(folder + file, 'utf8')));
}
