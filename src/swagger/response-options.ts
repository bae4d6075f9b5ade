import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** The options that the responses to denied requests depend on. */
export type ResponseOptions = Pick<
  ResolvedUnkeyOptions,
  'statuses' | 'problemDetails' | 'ratelimitHeaders' | 'exposeRequiredPermissions'
>;
