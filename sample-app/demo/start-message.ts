import { curl } from './curl.js';
import type { DemoUnkey } from './demo-unkey.js';

const OWN_KEY = { name: 'CI', permissions: ['documents.read'] };
const CUSTOMER_KEY = { externalId: 'globex', name: 'Globex', plan: 'pro' };

/** The message if the emulator runs next to the app: commands to try the keys, each with the status to expect. */
export function demoMessage(url: string, { emulator, keys }: DemoUnkey, access: string): string {
  const title = { title: 'Plan' };
  const lines: [what: string, status: number, command: string][] = [
    ['health check, public', 200, curl(`${url}/health`)],
    ['no key', 401, curl(`${url}/documents`)],
    ['unknown key', 401, curl(`${url}/documents`, { key: 'docs_unknown' })],
    ['expired key', 401, curl(`${url}/documents`, { key: keys.expired })],
    ['disabled key', 401, curl(`${url}/documents`, { key: keys.disabled })],
    ['customer', 200, curl(`${url}/documents`, { key: keys.customer })],
    ['customer', 201, curl(`${url}/documents`, { key: keys.customer, body: title })],
    ['reader', 200, curl(`${url}/documents/search/road`, { key: keys.reader })],
    ['reader, without the permission', 403, curl(`${url}/documents`, { key: keys.reader, body: title })],
    ['customer', 202, curl(`${url}/exports`, { method: 'POST', key: keys.customer })],
    ['too few credits', 429, curl(`${url}/exports`, { method: 'POST', key: keys.fewCredits })],
    ['rate limit exceeded', 429, curl(`${url}/exports`, { method: 'POST', key: keys.rateLimited })],
    [
      'GraphQL',
      200,
      curl(`${url}/graphql`, { key: keys.customer, body: { query: '{ documents { id title } }' } }),
    ],
    ['list your own keys', 200, curl(`${url}/keys`, { key: keys.manager })],
    ['create your own key', 201, curl(`${url}/keys`, { key: keys.manager, body: OWN_KEY })],
    ['administrator', 201, curl(`${url}/admin/keys`, { key: keys.admin, body: CUSTOMER_KEY })],
  ];
  return [
    ...heading(url),
    'UNKEY_ROOT_KEY is not set, so the app uses a local Unkey server. These keys exist until it stops.',
    `Open ${emulator.url}/ in a browser to see its keys and the latest calls.`,
    '',
    access,
    '',
    'Try it in a second terminal. Each command is below the status to expect.',
    ...lines.flatMap(([what, status, command]) => ['', `# ${status}: ${what}`, command]),
    '',
    '# WebSocket: prints the documents, then every new one. Run it in the folder of the project.',
    ...watch(url, keys.customer),
    '',
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

/** The message if the app uses your Unkey account. */
export function unkeyMessage(url: string, unkeyUrl: string, apiId: string, access: string): string {
  const admin = { apiId, name: 'Administrator', permissions: ['admin'] };
  return [
    ...heading(url),
    `UNKEY_ROOT_KEY is set, so the app uses Unkey at ${unkeyUrl}. It created no keys.`,
    '',
    access,
    '',
    "Create a key for an administrator in Unkey's dashboard, or with a root key that may create keys:",
    `curl ${unkeyUrl}/v2/keys.createKey \\`,
    `  -H "authorization: Bearer $UNKEY_ROOT_KEY" -H 'content-type: application/json' \\`,
    `  -d '${JSON.stringify(admin)}'`,
    'Create keys for customers with it:',
    curl(`${url}/admin/keys`, { key: '<admin key>', body: CUSTOMER_KEY }),
    '',
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

function heading(url: string): string[] {
  return [`The sample app runs at ${url}, with Swagger UI at ${url}/docs.`];
}

/** Connects with a key, starts to watch, and prints every event. */
function watch(url: string, key: string): string[] {
  return [
    `node -e "require('socket.io-client')('${url}', {`,
    `  auth: { 'x-api-key': '${key}' },`,
    `}).emit('watch').onAny(console.log)"`,
  ];
}
