/** What `nestjs-unkey --help` prints. */
export const HELP = `Runs a local Unkey server for development and tests.

Usage: nestjs-unkey dev [options]

  --port PORT         port to listen on (7070; 0: any free port)
  --host HOST         address to listen on (127.0.0.1); any but loopback needs --root-key or --state
  --root-key KEY      root key with all permissions (unkey_dev_root_key; random with --state)
  --allow-host NAME   also accept requests with this Host header; only with the default root key; repeatable
  --seed FILE         JSON file with the APIs, keys, roles, identities and limits to start with
  --state FILE        keep all data in this file; --seed is read only if the file does not exist
  --keyspaces         offer the newer API: keys.verifyKey takes keyspaces and returns keyspaceId
  --quiet             do not print a line per request
  --allow-production  start even if NODE_ENV is production
  -v, --version       print the version
  -h, --help          print this help
`;
