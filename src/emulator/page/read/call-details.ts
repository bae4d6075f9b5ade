import { parsedJson, shortenedKey } from '../../transport/call-summary.js';
import type { KeptText, PageCall } from '../page-calls.js';
import type { EmulatorParts } from '../page-parts.js';
import type { CallDetails } from '../page-state.js';
import { callRow } from './call-row.js';
import { curlOf } from './curl.js';
import { Secrets } from './secrets.js';

/**
 * A call with its body and its response. Keys are shortened.
 *
 * @param host the `Host` of the page, for the command that repeats the call
 */
export function callDetails(call: PageCall, emulator: EmulatorParts, host: string): CallDetails {
  const { workspace, rootKey } = emulator;
  const secrets = new Secrets(call, workspace);
  const token = /^Bearer (.+)$/.exec(call.authorization ?? '')?.[1]?.trim();
  const known = token === undefined ? undefined : workspace.rootKeys.find(token);
  return {
    ...callRow(call, workspace),
    rootKey:
      token === undefined
        ? 'none'
        : token === rootKey
          ? 'the root key of the start'
          : [shortenedKey(token), known ? known.name : 'unknown'].filter(Boolean).join(' '),
    request: shown(call.request, secrets),
    answer: shown(call.answer, secrets),
    curl: curlOf(call, secrets, rootKey, host),
  };
}

/** JSON with line breaks; other texts as they are. */
function shown({ text, length }: KeptText, secrets: Secrets): string {
  const value = parsedJson(text);
  if (value !== undefined) return JSON.stringify(secrets.hideIn(value), null, 2);
  const rest = length > text.length ? `… (${length} characters in total)` : '';
  return secrets.hide(text) + rest;
}
