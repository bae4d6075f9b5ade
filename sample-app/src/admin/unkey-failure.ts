import {
  BadRequestException,
  InternalServerErrorException,
  NotFoundException,
  ServiceUnavailableException,
  type HttpException,
} from '@nestjs/common';
import { BadRequestErrorResponse, NotFoundErrorResponse, UnkeyError } from '@unkey/api/models/errors';

/** What the caller gets, and what belongs in the log where it is not the caller's doing. */
export interface FailureAnswer {
  exception: HttpException;
  log?: string;
}

/**
 * Sorts the errors of Unkey's client by whose fault they are. Only plain facts are taken over: the error objects hold
 * the whole request and answer, so they are neither sent, nor logged, nor kept as `cause`.
 */
export function answerFor(error: unknown): FailureAnswer {
  if (error instanceof BadRequestErrorResponse) return { exception: badRequest(error) };
  if (error instanceof NotFoundErrorResponse && error.error.type.endsWith('key_not_found')) {
    return { exception: new NotFoundException('There is no such key.') };
  }
  const status = error instanceof UnkeyError ? error.statusCode : undefined;
  const ours = status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (ours) {
    return {
      exception: new InternalServerErrorException('Keys cannot be managed because of a fault on our side.'),
      log: `Unkey answered ${status}. Check UNKEY_ROOT_KEY, what it may do, and UNKEY_API_ID.`,
    };
  }
  const reason = error instanceof Error ? error.name : 'unknown error';
  return {
    exception: new ServiceUnavailableException('Keys cannot be managed right now. Please try again.'),
    log: status === undefined ? `no answer of Unkey (${reason})` : `Unkey answered ${status}`,
  };
}

/** Names the fields as the caller knows them. */
function badRequest({ error }: BadRequestErrorResponse): BadRequestException {
  const faults = error.errors.map(({ location, message }) => {
    const field = fieldOf(location);
    return field === '' || message.startsWith(`${field}: `) ? message : `${field}: ${message}`;
  });
  return new BadRequestException(faults.length === 0 ? error.detail : faults.join('; '));
}

/** Unkey points into its schema: `/properties/credits/properties/remaining/minimum` is `credits.remaining`. */
function fieldOf(location: string): string {
  const parts = location.split('/');
  return parts.filter((_, index) => parts[index - 1] === 'properties').join('.');
}
