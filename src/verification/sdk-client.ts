import type { HTTPClient, Unkey } from '@unkey/api';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** Hears of each call when it has ended: the path of its URL, and its body. The call waits for it. */
export type CallListener = (path: string, body: string) => Promise<void>;

/**
 * The official SDK's client, loaded only here since that takes a few hundred ms.
 *
 * The SDK keeps the request it sent on every error, so printing one would print the root key. It is therefore
 * added below the SDK, to a copy of the request that the SDK never sees. The empty `rootKey` keeps the SDK from
 * reading `UNKEY_ROOT_KEY` by itself.
 *
 * @param called hears of every call, so that what it changes is not answered from memory
 */
export async function createClient(options: ResolvedUnkeyOptions, called?: CallListener): Promise<Unkey> {
  const { rootKey, baseUrl, clientOptions } = options;
  const { HTTPClient: Client, Unkey: UnkeyClient } = await import('@unkey/api');
  const inner: HTTPClient = clientOptions.httpClient ?? new Client();
  const authorizing = new Client({
    fetcher: async (input, init) => {
      const request = new Request(input, init);
      if (rootKey !== undefined) request.headers.set('authorization', `Bearer ${rootKey.reveal()}`);
      if (called === undefined) return inner.request(request);
      const { pathname } = new URL(request.url);
      const body = await request.clone().text();
      try {
        return await inner.request(request);
      } finally {
        // Whatever came of it: a call that failed may have been carried out.
        await called(pathname, body);
      }
    },
  });
  return new UnkeyClient({ ...clientOptions, rootKey: '', serverURL: baseUrl, httpClient: authorizing });
}

const EXPLANATION =
  'the Unkey client was turned off with `client: false`; remove that option to use @InjectUnkey() and UnkeyService.client';

/** The parts of the SDK's client that Unkey documents for keys and what belongs to them. */
const SECTIONS = new Set<PropertyKey>([
  'keys',
  'apis',
  'identities',
  'permissions',
  'ratelimit',
  'analytics',
]);

/**
 * Stands in for the client under `client: false`, so that the app boots and whoever uses it is told why it fails.
 * Nest asks every provider for lifecycle hooks and `then`; those it simply does not have.
 */
export function absentClient(): Unkey {
  // A plain object, since GraphQLModule reads metadata from the `constructor` of every provider.
  return new Proxy({} as Unkey, {
    get: (target, name): unknown => {
      if (SECTIONS.has(name)) throw new Error(`unkey.${String(name)}: ${EXPLANATION}.`);
      return Reflect.get(target, name);
    },
  });
}
