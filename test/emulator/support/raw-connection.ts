import { connect, type Socket } from 'node:net';

/** A socket to send bytes that no HTTP client would send. */
export class RawConnection {
  readonly #socket: Socket;
  #received = '';

  constructor({ url }: { readonly url: string }) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.on('data', (chunk) => (this.#received += chunk.toString('latin1')));
    this.#socket.on('error', () => undefined);
  }

  write(text: string | Uint8Array): void {
    this.#socket.write(text);
  }

  /** Resets the connection. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Everything received until the server closed the connection. */
  async untilClosed(): Promise<string> {
    if (!this.#socket.closed) await new Promise((resolve) => this.#socket.once('close', resolve));
    return this.#received;
  }

  /** Everything received, as soon as it contains `text`. */
  async until(text: string): Promise<string> {
    while (!this.#received.includes(text)) await new Promise((resolve) => this.#socket.once('data', resolve));
    return this.#received;
  }
}
