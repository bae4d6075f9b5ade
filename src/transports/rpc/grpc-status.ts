import type { UnkeyException } from '../../errors/unkey.exception.js';
import { isGrpcMetadata, type GrpcMetadata } from './grpc.js';

/** The gRPC status codes of denied requests (https://grpc.io/docs/guides/status-codes). */
export const GRPC_STATUS = {
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

const BY_HTTP_STATUS: Readonly<Record<number, number>> = {
  401: GRPC_STATUS.UNAUTHENTICATED,
  402: GRPC_STATUS.RESOURCE_EXHAUSTED,
  403: GRPC_STATUS.PERMISSION_DENIED,
  429: GRPC_STATUS.RESOURCE_EXHAUSTED,
  503: GRPC_STATUS.UNAVAILABLE,
};

/** The error that ends a gRPC call. `metadata` holds its trailers. */
export interface GrpcError {
  readonly code: number;
  readonly message: string;
  readonly metadata?: GrpcMetadata;
}

/**
 * Returns the gRPC error for a denial.
 *
 * @param received the metadata of the call, whose class is used to create the trailers
 */
export function grpcRefusal(denial: UnkeyException, received: GrpcMetadata): GrpcError {
  const trailers = emptyLike(received);
  // Unkey can add codes, and metadata only allows printable ASCII.
  trailers?.set('unkey-code', denial.code.replace(/[^\x20-\x7e]/g, '_'));
  if (denial.retryAfter !== undefined) trailers?.set('retry-after', String(denial.retryAfter));
  return {
    code: grpcStatusOf(denial.getStatus()),
    message: denial.message,
    ...(trailers === undefined ? {} : { metadata: trailers }),
  };
}

export function grpcStatusOf(httpStatus: number): number {
  return (
    BY_HTTP_STATUS[httpStatus] ?? (httpStatus >= 500 ? GRPC_STATUS.INTERNAL : GRPC_STATUS.FAILED_PRECONDITION)
  );
}

function emptyLike(metadata: GrpcMetadata): GrpcMetadata | undefined {
  const made: unknown = Reflect.construct(metadata.constructor, []);
  return isGrpcMetadata(made) ? made : undefined;
}
