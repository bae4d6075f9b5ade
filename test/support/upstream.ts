import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { onTestFinished } from 'vitest';

/** Something in Unkey's place, for what the emulator never does. */
export async function upstream(listener: RequestListener): Promise<string> {
  const http = createServer(listener);
  onTestFinished(() => http.closeAllConnections());
  return listening(http);
}

/** The URL of a server that listens until the test has ended. */
export async function listening(tcp: Server): Promise<string> {
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  onTestFinished(() => void tcp.close());
  return `http://127.0.0.1:${(tcp.address() as AddressInfo).port}`;
}
