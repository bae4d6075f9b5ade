import { hostNameOf, isLoopbackName } from '../emulator/transport/host-name.js';

const LOOPBACK_ADDRESS = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/** Whether only this machine can reach a server that listens on this address. */
export function isLoopback(address: string): boolean {
  return LOOPBACK_ADDRESS.test(address);
}

/**
 * Checks `Host` headers. A web page can resolve its own host name to 127.0.0.1 (DNS rebinding) and then send requests
 * from your browser; the browser still sends that name in `Host`.
 *
 * @param allowed more host names to accept, from `--allow-host`
 * @returns a function that returns the reason to reject a request with this `Host`, or `undefined` to accept it
 */
export function hostRefusal(allowed: readonly string[]): (host: string | undefined) => string | undefined {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return (host = '') => {
    const name = hostNameOf(host);
    if (isLoopbackName(name) || names.has(name)) return undefined;
    return `The Host header is '${name}', which is not this machine. Start the emulator with --allow-host ${name || 'NAME'} or with your own --root-key.`;
  };
}
