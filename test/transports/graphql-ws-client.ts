import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface SocketOptions {
  connectionParams?: Record<string, unknown> | undefined;
  /** Headers of the upgrade request. */
  headers?: Record<string, string>;
  path?: string;
}

/** What one operation over a socket gave. */
export interface OperationResult {
  /** The `data` of each event that carried some. */
  data: unknown[];
  /** The `extensions` of each error. */
  extensions: Record<string, unknown>[];
}

/** A client of graphql-ws on one connection. */
export class SocketClient {
  /** Everything that the server sent, as text. */
  readonly frames: string[] = [];
  readonly #client: Client;

  constructor(url: string, { connectionParams, headers = {}, path = '/graphql' }: SocketOptions = {}) {
    const { frames } = this;
    class RecordingSocket extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers });
        this.on('message', (data: Buffer) => frames.push(data.toString()));
      }
    }
    this.#client = createClient({
      url: url.replace('http', 'ws') + path,
      webSocketImpl: RecordingSocket,
      retryAttempts: 0,
      // One connection until dispose().
      lazyCloseTimeout: 60_000,
      ...(connectionParams === undefined ? {} : { connectionParams }),
    });
  }

  /** Runs an operation until the server completes it. */
  async run(query: string): Promise<OperationResult> {
    const result: OperationResult = { data: [], extensions: [] };
    const add = (errors: readonly { extensions?: Record<string, unknown> | undefined }[]) =>
      result.extensions.push(...errors.map(({ extensions = {} }) => extensions));
    try {
      for await (const { data, errors } of this.#client.iterate({ query })) {
        if (data !== undefined && data !== null) result.data.push(data);
        if (errors !== undefined) add(errors);
      }
    } catch (errors) {
      // Mercurius refuses with an `error` message of the protocol.
      if (!Array.isArray(errors)) throw errors;
      add(errors as { extensions: Record<string, unknown> }[]);
    }
    return result;
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }
}
