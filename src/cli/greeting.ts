import type { Workspace } from '../emulator/store/workspace.js';

/** What the text depends on besides the workspace. */
export interface GreetingOptions {
  /** A key for the command to try. */
  readonly tryKey: string | undefined;
  /** Whether there is a page for browsers. */
  readonly page: boolean;
}

/** The text that is printed when the emulator has started: its URL, its page, its root keys, the number of records, and a
 * command to try. */
export function greeting(
  { url, rootKey }: { readonly url: string; readonly rootKey: string },
  workspace: Workspace,
  { tryKey: key, page }: GreetingOptions,
): string {
  const body = JSON.stringify(key === undefined ? { name: 'my api' } : { key }).replaceAll("'", '\\u0027');
  const operation = key === undefined ? 'apis.createApi' : 'keys.verifyKey';
  return [
    `Local Unkey server on ${url}`,
    ...(page ? [`Open ${url}/ in a browser to see its keys and the latest calls.`] : []),
    '',
    `  UNKEY_BASE_URL=${url}`,
    `  UNKEY_ROOT_KEY=${rootKey}`,
    '',
    ...furtherRootKeys(rootKey, workspace),
    `  ${contents(workspace)}`,
    '',
    `curl ${url}/v2/${operation} -H 'Authorization: Bearer ${rootKey}' -H 'Content-Type: application/json' -d '${body}'`,
    '',
  ].join('\n');
}

/** The root keys of the seed, so that you can copy them. */
function furtherRootKeys(rootKey: string, { rootKeys }: Workspace): string[] {
  const lines = [...rootKeys.all()]
    .filter(([text]) => text !== rootKey)
    .map(([text, { permissions, enabled }]) => {
      const grants = permissions?.join(', ') ?? 'everything';
      return `    ${text}  ${grants === '' ? 'nothing' : grants}${enabled ? '' : ' (disabled)'}`;
    });
  return lines.length === 0 ? [] : ['  Other root keys and their permissions:', ...lines, ''];
}

function contents({ apis, keys, roles, permissions, identities, rootKeys }: Workspace): string {
  const counts = [
    [count(apis.all()), 'API', 'APIs'],
    [count(keys.all()), 'key', 'keys'],
    [count(identities.all()), 'identity', 'identities'],
    [count(roles.all()), 'role', 'roles'],
    [count(permissions.all()), 'permission', 'permissions'],
    [count(rootKeys.all()), 'root key', 'root keys'],
  ] as const;
  return counts.map(([number, one, many]) => `${number} ${number === 1 ? one : many}`).join(', ');
}

function count(items: Iterable<unknown>): number {
  let number = 0;
  for (const _ of items) number++;
  return number;
}
