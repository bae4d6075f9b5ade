import type { HTTPClient, Unkey } from '@unkey/api';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** Called after each call, with the path of its URL and its body. The call waits for it. */
export type CallListener = (path: string, body: string) => Promise<void>;

/**
 * Creates the official SDK's client. The SDK is loaded only here, because loading it takes a few hundred ms.
 *
 * Errors of the SDK hold the request, so printing one would print the root key. The root key is therefore added below
 * the SDK, to a copy of the request. The empty `rootKey` keeps the SDK from reading `UNKEY_ROOT_KEY` itself.
 *
 * @param called called after every call, to invalidate cached results
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
        // Also after an error: Unkey may have carried out the call.
        await called(pathname, body);
      }
    },
  });
  return new UnkeyClient({ ...clientOptions, rootKey: '', serverURL: baseUrl, httpClient: authorizing });
}

/** The error of a client that is turned off. */
export function clientIsOff(section: string): Error {
  return new Error(
    `unkey.${section}: the Unkey client is turned off with \`client: false\`; remove that option to use @InjectUnkey() and UnkeyService.client.`,
  );
}

/** The sections of the SDK's client. */
const SECTIONS = new Set<PropertyKey>([
  'keys',
  'apis',
  'identities',
  'permissions',
  'ratelimit',
  'analytics',
]);

/**
 * Replaces the client if the option is `client: false`, or if there is no root key behind a gateway: the app starts, and
 * using the client throws an error that explains why. Other properties are `undefined`, because Nest looks for lifecycle hooks and `then` on every provider.
 */
export function absentClient(toError: (section: string) => Error): Unkey {
  // A plain object, since GraphQLModule reads metadata from the `constructor` of every provider.
  return new Proxy({} as Unkey, {
    get: (target, name): unknown => {
      if (SECTIONS.has(name)) throw toError(String(name));
      return Reflect.get(target, name);
    },
  });
}
