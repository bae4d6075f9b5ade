// The public API. No file in src imports this file.
export { UnkeyModule } from './unkey.module.js';
export { UnkeyGuard } from './unkey.guard.js';
export { UnkeyMiddleware } from './unkey.middleware.js';
export { UnkeyRatelimitGuard } from './ratelimit/unkey-ratelimit.guard.js';
export { UnkeyService } from './unkey.service.js';

export { previewAudit } from './audit/preview-audit.js';
export { printAudit } from './audit/print-audit.js';

export { Public } from './decorators/public.decorator.js';
export { OptionalKey } from './decorators/optional-key.decorator.js';
export { UnkeyKey, type UnkeyKeyPath } from './decorators/unkey-key.decorator.js';
export { RequirePermissions } from './decorators/require-permissions.decorator.js';
export { Credits } from './decorators/credits.decorator.js';
export { KeyRatelimit } from './decorators/key-ratelimit.decorator.js';
export { KeyFrom } from './decorators/key-from.decorator.js';
export { CheckKey } from './decorators/check-key.decorator.js';
export { VerificationTags } from './decorators/verification-tags.decorator.js';
export { InjectUnkey, InjectUnkeyService } from './decorators/inject-unkey.decorator.js';
export { Ratelimit } from './ratelimit/ratelimit.decorator.js';
export { UseUnkey } from './use-unkey.decorator.js';
export { allOf, anyOf, permissionQuery } from './options/permission-expression.js';

export { fromBearer } from './extractors/from-bearer.js';
export { fromCookie } from './extractors/from-cookie.js';
export { fromHandshake } from './extractors/from-handshake.js';
export { fromHeader } from './extractors/from-header.js';
export { fromPayload } from './extractors/from-payload.js';
export { fromQuery } from './extractors/from-query.js';

export type { SocketMiddleware } from './access/connection-verification.js';
export type { HttpMiddleware } from './access/http-middleware.js';

export { UNKEY_HEADERS } from './transports/http/unkey-headers.js';
export { getVerifiedKey } from './transports/verified-key.js';

export { UnkeyException, isUnkeyException, type UnkeyExceptionInit } from './errors/unkey.exception.js';
export { KeyMissingException } from './errors/key-missing.exception.js';
export { KeyDeniedException, type KeyDeniedInit } from './errors/key-denied.exception.js';
export { RatelimitExceededException } from './errors/ratelimit-exceeded.exception.js';
export { UnkeyMisconfiguredException } from './errors/unkey-misconfigured.exception.js';
export { UnkeyUnavailableException } from './errors/unkey-unavailable.exception.js';
export { UnkeyConfigError } from './errors/unkey-config.error.js';
export { DENIALS, type Denial, type DenialCode } from './errors/denial-table.js';

export {
  getUnkeyOptionsToken,
  getUnkeyServiceToken,
  getUnkeyToken,
  UNKEY_CLIENT,
  UNKEY_OPTIONS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_SERVICE,
  UNKEY_VERIFIER,
} from './options/tokens.js';
export type {
  RatelimitHeaders,
  UnkeyBreakerOptions,
  UnkeyCacheOptions,
  UnkeyClientOptions,
  UnkeyGatewayOptions,
  UnkeyModuleExtras,
  UnkeyModuleOptions,
  UnkeyOptionsFactory,
  UnkeyStatuses,
  UserFrom,
} from './options/unkey-options.js';
export type { UnkeyModuleAsyncOptions } from './unkey.module-definition.js';
export type {
  ExcludedRoute,
  ResolvedBreakerOptions,
  ResolvedCacheOptions,
  ResolvedGatewayOptions,
  ResolvedUnkeyOptions,
} from './options/resolved-options.js';
export type { RootKey } from './options/root-key.js';

export {
  CHANNELS,
  type BreakerMessage,
  type CacheMessage,
  type DenialMessage,
  type VerificationMessage,
} from './telemetry/channels.js';

export type {
  AuditAccess,
  AuditDecider,
  AuditDemands,
  AuditEntry,
  AuditProblem,
} from './contracts/audit-entry.js';
export type { AuditPreview, Paint } from './contracts/audit-preview.js';
export type { Awaitable } from './contracts/awaitable.js';
export type { CheckFunction, KeyCheck, KeyCheckRefusal, ResolvedKeyCheck } from './contracts/key-check.js';
export type { KeyDemands } from './contracts/key-demands.js';
export type { KeySource } from './contracts/key-source.js';
export type { RatelimitBy, RatelimitOptions } from './contracts/handler-limits.js';
export type { PerRequest } from './contracts/handler-policy.js';
export type { CountedLimit, LimitAnswer, LimitDemand, OnUnavailable } from './contracts/limit.js';
export type { SecuritySchemeObject } from './contracts/security-scheme.js';
export type { UnkeyPing, UnkeyState } from './contracts/unkey-state.js';
export type { RootKeyCheck } from './contracts/root-key-check.js';
export type {
  RatelimitConfig,
  RatelimitState,
  Verification,
  VerificationCode,
  VerifiedIdentity,
} from './contracts/verification.js';
export type {
  Register,
  RegisteredIdentityMeta,
  RegisteredMeta,
  VerifiedKey,
} from './contracts/verified-key.js';
export type { Verifier, VerifyRequest, VerifyRequestRatelimit } from './contracts/verifier.js';
export type {
  StandardSchemaIssue,
  StandardSchemaProps,
  StandardSchemaResult,
  StandardSchemaV1,
} from './contracts/standard-schema.js';
export type { VerificationStore } from './contracts/verification-store.js';
export type { BreakerState } from './contracts/verification-observer.js';
export type { KeyRatelimitDemand, PermissionExpression, VerifyOptions } from './contracts/verify-options.js';
