import { openForm, type Values } from './form.js';
import { partsOf } from './format.js';
import { runOperation } from './server.js';
import type { PageContext } from './view.js';

const NEW_API = '';

/** Opens the form for a new key. */
export function openNewKey(context: PageContext): void {
  const apis = context.state()?.overview.apis ?? [];
  const offered = apis.map(({ id, name }) => [id, `${name} (${id})`] as const).toReversed();
  openForm({
    title: 'New key',
    fields: [
      { name: 'apiId', label: 'API', options: [...offered, [NEW_API, 'A new API']] },
      { name: 'name', label: 'Name', value: 'try me' },
      { name: 'prefix', label: 'Prefix', hint: 'For example sk_live.' },
      {
        name: 'externalId',
        label: 'Identity',
        hint: 'Your own ID of the user or team. It is created if it does not exist.',
      },
      {
        name: 'permissions',
        label: 'Permissions',
        hint: 'Separated by commas. Those that do not exist are created.',
      },
      { name: 'roles', label: 'Roles', hint: 'Names of existing roles, separated by commas.' },
      { name: 'credits', label: 'Credits', kind: 'number', hint: 'Empty: unlimited.' },
      { name: 'expires', label: 'Expires', kind: 'datetime-local', hint: 'In your time zone. Empty: never.' },
      { name: 'meta', label: 'Meta', kind: 'area', hint: 'A JSON object.' },
    ],
    submit: 'Create key',
    async send(values) {
      const key = await create(values);
      context.reveal({
        title: 'Your new key. Copy it now: it is shown only once.',
        text: key,
        command: ['Copy curl to verify it', verifyCommand(key, context)],
      });
      context.refresh();
    },
  });
}

async function create({
  apiId = '',
  name,
  prefix,
  externalId,
  permissions,
  roles,
  credits,
  expires,
  meta,
}: Values) {
  const body = {
    apiId: apiId === NEW_API ? await createApi() : apiId,
    ...(name && { name }),
    ...(prefix && { prefix }),
    ...(externalId && { externalId }),
    ...(permissions && { permissions: partsOf(permissions) }),
    ...(roles && { roles: partsOf(roles) }),
    ...(credits && { credits: { remaining: Number(credits) } }),
    ...(expires && { expires: new Date(expires).getTime() }),
    ...(meta && { meta: jsonOf(meta) }),
  };
  const { key } = await runOperation('keys.createKey', body);
  return String(key);
}

async function createApi(): Promise<string> {
  const { apiId } = await runOperation('apis.createApi', { name: 'my-api' });
  return String(apiId);
}

/** A JSON value that was typed. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('Meta must be a JSON object, for example {"plan": "pro"}.');
  }
}

function verifyCommand(key: string, context: PageContext): string {
  const rootKey = context.state()?.overview.rootKey ?? '';
  return [
    `curl '${location.origin}/v2/keys.verifyKey'`,
    `-H 'Authorization: Bearer ${rootKey.replaceAll("'", `'\\''`)}'`,
    `-H 'Content-Type: application/json'`,
    `--data-raw '${JSON.stringify({ key })}'`,
  ].join(' \\\n  ');
}
