const LOOPBACK_ADDRESS = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;
const LOOPBACK_NAME = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Whether an address to listen on can be reached from this machine alone. */
export function isLoopback(address: string): boolean {
  return LOOPBACK_ADDRESS.test(address);
}

/**
 * Checks `Host` headers. A web page can point a name of its own at 127.0.0.1 (DNS rebinding) and then send requests
 * from your browser; the browser still sends that name in `Host`.
 *
 * @param allowed further names, as `--allow-host` takes them
 * @returns gives the reason why a request with this `Host` is refused, or `undefined`
 */
export function hostRefusal(allowed: readonly string[]): (host: string | undefined) => string | undefined {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return (host = '') => {
    const name = host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
    if (LOOPBACK_NAME.test(name) || names.has(name)) return undefined;
    return `The Host header names '${name}', not this machine. Start with --allow-host ${name || 'NAME'}, or with a --root-key of your own.`;
  };
}
