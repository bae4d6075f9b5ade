import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { upstream } from './upstream.js';

/** A body as it is sent to `keys.verifyKey`. */
interface Body {
  key: string;
  keyspaces?: string[];
  tags?: string[];
}

export interface KeyspaceServer {
  url: string;
  calls: Body[];
}

/**
 * A server that knows keyspaces, as newer Unkey servers do: a key of a keyspace that was not asked for is `NOT_FOUND`,
 * every other answer names the keyspace.
 *
 * @param keys the keyspace of each key; `undefined`: answers that do not name it
 */
export async function keyspaceServer(keys: Record<string, string | undefined>): Promise<KeyspaceServer> {
  const calls: Body[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(await text(incoming)) as Body;
    calls.push(body);
    const keyspaceId = keys[body.key];
    const isKnown =
      body.key in keys &&
      (keyspaceId === undefined || body.keyspaces === undefined || body.keyspaces.includes(keyspaceId));
    const data = isKnown
      ? {
          valid: true,
          code: 'VALID',
          keyId: `key_${body.key}`,
          keyspaceId,
          meta: { plan: 'pro' },
          identity: { id: 'id_1', externalId: 'alice' },
        }
      : { valid: false, code: 'NOT_FOUND' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ meta: { requestId: 'req_keyspaces' }, data }));
  };
  const url = await upstream((incoming, response) => void answer(incoming, response));
  return { url, calls };
}
