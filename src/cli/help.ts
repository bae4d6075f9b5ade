/** What `nestjs-unkey --help` prints. */
export const HELP = `Usage: nestjs-unkey dev [options]
       nestjs-unkey routes FILE [options]

dev runs a local Unkey server for development and tests.

  --port PORT         port to listen on (7070; 0: any free port)
  --host HOST         address to listen on (127.0.0.1); another machine's needs --root-key
  --root-key KEY      the root key that may do everything (the same at every start; random with --state)
  --allow-host NAME   with the default root key: answers requests with this name in Host too; repeatable
  --seed FILE         JSON file with APIs, keys, roles, identities and limits to start with
  --state FILE        keeps all data in this file; a seed is read only if the file does not exist
  --keyspaces         speaks the newer API: keys.verifyKey takes keyspaces and answers keyspaceId
  --quiet             prints no line per request
  --allow-production  starts although NODE_ENV is production

routes prints which handlers of an app need a key, without starting the app. FILE is the compiled file of the root
module, such as dist/app.module.js. The exit code is 1 if a handler has a problem.

  --export NAME       the export of FILE that is the root module (AppModule, or else the default export)
  --json              prints the entries as JSON

  -v, --version       prints the version
  -h, --help          prints this text
`;
