import type { DemoUnkey } from './demo-unkey.js';

const NEW_KEY = {
  name: 'Acme, production',
  prefix: 'acme',
  externalId: 'acme',
  permissions: ['documents.read', 'documents.list', 'documents.write', 'exports.create'],
  expiresInDays: 90,
  credits: { remaining: 100, refill: { interval: 'monthly', amount: 100, refillDay: 1 } },
  ratelimits: [{ name: 'exports', limit: 10, duration: 60_000 }],
  meta: { plan: 'pro' },
};

/** The message if the emulator runs next to the app: commands to try the keys, each with the status to expect. */
export function demoMessage(url: string, { emulator, keys }: DemoUnkey, access: string): string {
  const get = (path: string, key?: string) => `curl -i ${header(key)}${url}${path}`;
  const post = (path: string, key: string, body?: unknown) =>
    body === undefined
      ? `curl -i -X POST ${header(key)}${url}${path}`
      : `curl -i -X POST ${header(key)}-H 'content-type: application/json' -d '${JSON.stringify(body)}' ${url}${path}`;

  const lines: [what: string, status: number, command: string][] = [
    ['public route', 200, get('/health')],
    ['no key', 401, get('/documents')],
    ['unknown key', 401, get('/documents', 'docs_unknown')],
    ['customer', 200, get('/documents', keys.customer)],
    ['customer', 201, post('/documents', keys.customer, { title: 'Plan' })],
    ['customer', 202, post('/exports', keys.customer)],
    ['reader', 200, get('/documents/search/road', keys.reader)],
    ['reader', 403, post('/documents', keys.reader, { title: 'Plan' })],
    ['few credits', 429, post('/exports', keys.fewCredits)],
    ['rate limited', 429, post('/exports', keys.rateLimited)],
    ['expired', 401, get('/documents', keys.expired)],
    ['disabled', 401, get('/documents', keys.disabled)],
    ['GraphQL', 200, post('/graphql', keys.customer, { query: '{ documents { id title } }' })],
    ['administrator', 201, post('/admin/keys', keys.admin, NEW_KEY)],
  ];
  return [
    `The sample app runs at ${url}`,
    `UNKEY_ROOT_KEY is not set, so the app uses a local Unkey server. These keys exist until it stops.`,
    `Open ${emulator.url}/ in a browser to see its keys and the latest calls.`,
    '',
    access,
    '',
    'key            status  command',
    ...lines.map(([what, status, command]) => `${what.padEnd(15)}${status}     ${command}`),
    '',
    "WebSocket (socket.io): run this in the project's folder. It prints the customer's documents, then every new one.",
    watch(url, keys.customer),
    '',
    'Ctrl-C ends it.',
  ].join('\n');
}

/** The message if the app uses your Unkey account. */
export function unkeyMessage(
  url: string,
  baseUrl: string,
  apiId: string | undefined,
  access: string,
): string {
  const admin = '{"apiId":"<api id>","name":"Administrator","permissions":["keys.manage"]}';
  return [
    `The sample app runs at ${url}`,
    `UNKEY_ROOT_KEY is set, so the app uses Unkey at ${baseUrl}. It created no keys.`,
    '',
    access,
    '',
    "Create a key for an administrator in Unkey's dashboard, or with a root key that may create keys:",
    `curl ${baseUrl}/v2/keys.createKey -H "Authorization: Bearer $UNKEY_ROOT_KEY" -H 'content-type: application/json' -d '${admin}'`,
    'Then create keys for customers with it:',
    `curl -X POST ${header('<admin key>')}-H 'content-type: application/json' -d '${JSON.stringify(NEW_KEY)}' ${url}/admin/keys`,
    ...(apiId ? [] : ['To create keys for customers, start the app with UNKEY_API_ID=<api id>.']),
    '',
    'Ctrl-C ends it.',
  ].join('\n');
}

/** Connects with a key, starts to watch, and prints every event. */
function watch(url: string, key: string): string {
  return `node -e "require('socket.io-client')('${url}', { auth: { 'x-api-key': '${key}' } }).emit('watch').onAny(console.log)"`;
}

function header(key?: string): string {
  return key === undefined ? '' : `-H 'x-api-key: ${key}' `;
}
