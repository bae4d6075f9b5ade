import type { UnkeyEmulator } from 'nestjs-unkey/emulator';

/** A response with its parsed body. */
export interface Reply {
  status: number;
  type: string;
  headers: Headers;
  body: Body;
}

/** The members of a response body that the tests read. */
export interface Body {
  meta: { requestId: string };
  data?: any; // oxlint-disable-line typescript/no-explicit-any -- each test asserts its shape
  pagination?: { hasMore: boolean; cursor?: string };
  error?: {
    type: string;
    title: string;
    status: number;
    detail: string;
    errors?: { location: string; message: string; fix?: string }[];
  };
}

/** Calls operations of one emulator over HTTP. */
export function clientOf(unkey: UnkeyEmulator, rootKey = unkey.rootKey) {
  const send = async (
    operation: string,
    text: string,
    headers: Record<string, string> = {},
  ): Promise<Reply> => {
    const response = await fetch(`${unkey.url}/v2/${operation}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${rootKey}`,
        'content-type': 'application/json',
        accept: 'application/json',
        ...headers,
      },
      body: text,
    });
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
    return { status: response.status, type, headers: response.headers, body: await readJson(response) };
  };
  return {
    /** Sends a body unchanged. */
    send,
    /** Calls an operation and returns the whole response. */
    call: (operation: string, body: unknown, headers?: Record<string, string>) =>
      send(operation, JSON.stringify(body), headers),
    /** Calls an operation that must succeed and returns its `data`. */
    data: async (operation: string, body: unknown, headers?: Record<string, string>) => {
      const { status, body: answer } = await send(operation, JSON.stringify(body), headers);
      if (status !== 200) throw new Error(`${operation} answered ${status}: ${JSON.stringify(answer)}`);
      return answer.data;
    },
  };
}

export type Client = ReturnType<typeof clientOf>;

async function readJson(response: Response): Promise<Body> {
  const body: Body = JSON.parse(await response.text());
  return body;
}

/** The end of an error's type, for example `unkey/data/key_not_found`. */
export function errorType({ body }: Reply): string | undefined {
  return body.error?.type.replace('https://unkey.com/docs/errors/', '');
}
