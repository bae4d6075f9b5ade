/** What `nestjs-unkey --help` prints. */
export const HELP = `Usage: nestjs-unkey dev [options]
       nestjs-unkey routes FILE [options]

dev runs a local Unkey server for development and tests.

  --port PORT         port to listen on (7070; 0: any free port)
  --host HOST         address to listen on (127.0.0.1); others than loopback need --root-key or --state
  --root-key KEY      root key with all permissions (unkey_dev_root_key; random with --state)
  --allow-host NAME   also accept requests with this Host header; only with the default root key; repeatable
  --seed FILE         JSON file with the APIs, keys, roles, identities and limits to start with
  --state FILE        keep all data in this file; --seed is read only if the file does not exist
  --keyspaces         offer the newer API: keys.verifyKey takes keyspaces and returns keyspaceId
  --no-page           do not serve a page for browsers at the emulator's URL
  --quiet             do not print a line per request
  --allow-production  start even if NODE_ENV is production

routes prints which handlers of an app need a key, without starting the app. FILE is the compiled file of the root
module, such as dist/app.module.js. The exit code is 1 if a handler has a problem.

  --export NAME       the export of FILE that is the root module (AppModule, else the default export)
  --json              print the entries as JSON

  -v, --version       print the version
  -h, --help          print this help
`;
