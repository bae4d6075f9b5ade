import {
  BadRequestException,
  InternalServerErrorException,
  NotFoundException,
  ServiceUnavailableException,
  type HttpException,
} from '@nestjs/common';
import { BadRequestErrorResponse, NotFoundErrorResponse, UnkeyError } from '@unkey/api/models/errors';

/** The exception for the caller, and a log line if the caller did not cause the error. */
export interface FailureAnswer {
  exception: HttpException;
  log?: string;
}

/**
 * Converts an error of Unkey's client to an exception. The error objects hold the whole request and response, so they are
 * neither sent, nor logged, nor kept as `cause`. Only the status and the names are used.
 */
export function answerFor(error: unknown): FailureAnswer {
  if (error instanceof BadRequestErrorResponse) return { exception: badRequest(error) };
  if (error instanceof NotFoundErrorResponse && error.error.type.endsWith('key_not_found')) {
    return { exception: new NotFoundException('There is no such key.') };
  }
  const status = error instanceof UnkeyError ? error.statusCode : undefined;
  const isOurFault =
    status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (isOurFault) {
    return {
      exception: new InternalServerErrorException(
        'Keys cannot be managed because this server is misconfigured.',
      ),
      log: `Unkey answered ${status}. Check UNKEY_ROOT_KEY, its permissions, and UNKEY_API_ID.`,
    };
  }
  const reason = error instanceof Error ? error.name : 'unknown error';
  return {
    exception: new ServiceUnavailableException('Keys cannot be managed right now. Please try again.'),
    log: status === undefined ? `no answer from Unkey (${reason})` : `Unkey answered ${status}`,
  };
}

/** Returns a 400 that names the fields as in the caller's request. */
function badRequest({ error }: BadRequestErrorResponse): BadRequestException {
  const messages = error.errors.map(({ location, message }) => {
    const field = fieldOf(location);
    return field === '' || message.startsWith(`${field}: `) ? message : `${field}: ${message}`;
  });
  return new BadRequestException(messages.length === 0 ? error.detail : messages.join('; '));
}

/** Unkey sends a schema path, such as `/properties/credits/properties/remaining/minimum` for `credits.remaining`. */
function fieldOf(location: string): string {
  const parts = location.split('/');
  return parts.filter((_, index) => parts[index - 1] === 'properties').join('.');
}
