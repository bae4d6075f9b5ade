const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The name in a `Host` header: without its port and a final dot, in lower case. */
export function hostNameOf(host: string): string {
  return host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
}

/** Whether a name in a `Host` header can only mean this machine: loopback, which no DNS server resolves. */
export function isLoopbackName(name: string): boolean {
  return LOOPBACK.test(name);
}
