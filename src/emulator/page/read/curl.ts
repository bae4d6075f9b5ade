import { parsedJson } from '../../transport/call-summary.js';
import type { PageCall } from '../page-calls.js';
import type { Secrets } from './secrets.js';

/** Marks the place of a key until the text is quoted. */
const MARK = '\ue000';

/**
 * A command for a POSIX shell that repeats a call. The root key of the start is part of it; every other key is a variable:
 * `$UNKEY_ROOT_KEY`, `$KEY`, `$KEY_2`.
 *
 * @returns nothing if the body is too long, or nested too deep
 */
export function curlOf(
  { method, url, authorization, contentType, request }: PageCall,
  secrets: Secrets,
  rootKey: string,
  host: string,
): string | undefined {
  if (request.length > request.text.length || secrets.tooDeep) return undefined;
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  const variables = new Map<string, string>();
  const marked = (key: string): string => {
    if (key === rootKey) return key;
    const count = [...variables.values()].filter((name) => name.startsWith('KEY')).length;
    const name =
      variables.get(key) ??
      (key === token?.trim() ? 'UNKEY_ROOT_KEY' : count === 0 ? 'KEY' : `KEY_${count + 1}`);
    variables.set(key, name);
    return `${MARK}${name}${MARK}`;
  };
  const hide = (text: string): string => secrets.hide(text.replaceAll(MARK, ''), marked);
  const credentials = token === undefined ? hide(authorization ?? '') : `Bearer ${marked(token.trim())}`;
  const body = bodyOf(request.text, secrets, hide, marked);
  return [
    `curl ${quoted(`http://${host}${hide(url)}`)}`,
    ...(method === 'GET' || (method === 'POST' && body !== '') ? [] : [`-X ${method}`]),
    ...(authorization === undefined ? [] : [`-H ${quoted(`Authorization: ${credentials}`)}`]),
    ...(contentType === undefined ? [] : [`-H ${quoted(`Content-Type: ${hide(contentType)}`)}`]),
    ...(body === '' ? [] : [`--data-raw ${quoted(body)}`]),
  ].join(' \\\n  ');
}

/** The body as it was sent. Only if a key is written with escapes in it, the body is serialized again. */
function bodyOf(
  text: string,
  secrets: Secrets,
  hide: (text: string) => string,
  marked: (key: string) => string,
): string {
  const value = parsedJson(text);
  const direct = hide(text);
  if (value === undefined) return direct;
  const left = JSON.stringify(parsedJson(direct));
  const isClean = left === JSON.stringify(secrets.hideIn(parsedJson(direct)));
  return isClean ? direct : JSON.stringify(secrets.hideIn(value, marked));
}

/** In single quotes, in which a shell changes nothing; variables are in double quotes between them. */
function quoted(text: string): string {
  const variable = new RegExp(`${MARK}(\\w+)${MARK}`, 'g');
  return `'${text.replaceAll("'", `'\\''`)}'`.replace(variable, `'"$$$1"'`);
}
