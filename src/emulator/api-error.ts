/** One entry of `error.errors`. */
export interface ErrorEntry {
  /** The path of the schema keyword that failed, or `security`, `requestBody`, `path`. */
  location: string;
  message: string;
  fix?: string;
}

/** The errors that the emulator returns: status, title and the end of `type`, as in Unkey's API. */
const ERRORS = {
  invalidInput: [400, 'Bad Request', 'unkey/application/invalid_input'],
  malformedAuthorization: [400, 'Bad Request', 'unkey/authentication/malformed'],
  permissionsQuerySyntax: [400, 'Bad Request', 'user/bad_request/permissions_query_syntax_error'],
  rootKeyNotFound: [401, 'Unauthorized', 'unkey/authentication/key_not_found'],
  forbidden: [403, 'Forbidden', 'unkey/authorization/forbidden'],
  insufficientPermissions: [403, 'Insufficient Permissions', 'unkey/authorization/insufficient_permissions'],
  keyDisabled: [403, 'Key is disabled', 'unkey/authorization/key_disabled'],
  keyNotFound: [404, 'Not Found', 'unkey/data/key_not_found'],
  apiNotFound: [404, 'Not Found', 'unkey/data/api_not_found'],
  identityNotFound: [404, 'Not Found', 'unkey/data/identity_not_found'],
  roleNotFound: [404, 'Not Found', 'unkey/data/role_not_found'],
  permissionNotFound: [404, 'Not Found', 'unkey/data/permission_not_found'],
  migrationNotFound: [404, 'Not Found', 'unkey/data/migration_not_found'],
  namespaceNotFound: [404, 'Not Found', 'unkey/data/ratelimit_namespace_not_found'],
  overrideNotFound: [404, 'Not Found', 'unkey/data/ratelimit_override_not_found'],
  identityAlreadyExists: [409, 'Conflicting Resource', 'unkey/data/identity_already_exists'],
  roleAlreadyExists: [409, 'Conflicting Resource', 'unkey/data/role_already_exists'],
  permissionAlreadyExists: [409, 'Conflicting Resource', 'unkey/data/permission_already_exists'],
  preconditionFailed: [412, 'Precondition Failed', 'unkey/application/precondition_failed'],
  analyticsNotConfigured: [412, 'Precondition Failed', 'unkey/data/analytics_not_configured'],
  protectedResource: [412, 'Resource is protected', 'unkey/application/protected_resource'],
  tooManyRequests: [429, 'Too Many Requests', 'user/too_many_requests/workspace_rate_limited'],
  unexpectedError: [500, 'Internal Server Error', 'unkey/application/unexpected_error'],
  serviceUnavailable: [500, 'Internal Server Error', 'unkey/application/service_unavailable'],
} as const satisfies Record<string, readonly [status: number, title: string, type: string]>;

/** The emulator's own name for one of Unkey's errors. */
export type ErrorName = keyof typeof ERRORS;

/** Statuses whose response always has `errors`, even if it is empty. */
const WITH_ERRORS: ReadonlySet<number> = new Set([400, 408, 413, 499]);

/** An error that an operation throws and that the transport turns into a response. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  /** What follows `https://unkey.com/docs/errors/`. */
  readonly type: string;
  readonly errors: readonly ErrorEntry[] | undefined;
  /** Whether the content type follows `Accept`. Schema errors are always `application/json`. */
  readonly negotiated: boolean;

  constructor(name: ErrorName, detail: string, entries?: readonly ErrorEntry[]) {
    super(detail);
    [this.status, this.title, this.type] = ERRORS[name];
    this.errors = WITH_ERRORS.has(this.status) ? (entries ?? []) : undefined;
    this.negotiated = entries === undefined;
  }
}
