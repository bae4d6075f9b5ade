/** What `nestjs-unkey --help` prints. */
export const HELP = `Runs an Unkey on this machine, for development and tests.

Usage: nestjs-unkey dev [options]

  --port PORT         port to listen on (7070; 0: any that is free)
  --host HOST         address to listen on (127.0.0.1)
  --root-key KEY      the root key that may do everything (a random one)
  --seed FILE         JSON with APIs, keys, roles, identities, limits to begin with
  --state FILE        keeps everything in this file; a seed is read only while it does not exist
  --quiet             no line per request
  --allow-production  starts although NODE_ENV is production
  -h, --help          this text
`;
