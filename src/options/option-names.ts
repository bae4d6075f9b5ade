import type { UnkeyModuleOptions } from './unkey-options.js';

// Listed here because the schema is loaded only at startup. The type makes sure that no option is missing.
const NAMES: Readonly<Record<keyof UnkeyModuleOptions, true>> = {
  rootKey: true,
  baseUrl: true,
  keyFrom: true,
  keyspaces: true,
  keyPrefix: true,
  permissions: true,
  exposeRequiredPermissions: true,
  checks: true,
  userFrom: true,
  metaSchema: true,
  identityMetaSchema: true,
  gateway: true,
  tags: true,
  public: true,
  publicMetadata: true,
  exclude: true,
  skipIf: true,
  skipTransports: true,
  audit: true,
  inheritAppConfig: true,
  statuses: true,
  problemDetails: true,
  ratelimitHeaders: true,
  realm: true,
  clientIp: true,
  timeout: true,
  maxInFlight: true,
  breaker: true,
  cache: true,
  verifyOn: true,
  reverifyAfter: true,
  verifier: true,
  dispatcher: true,
  client: true,
  clientOptions: true,
};

/** The name of every option. */
export const OPTION_NAMES: readonly string[] = Object.keys(NAMES);
