import {
  BadRequestException,
  Catch,
  InternalServerErrorException,
  Logger,
  NotFoundException,
  ServiceUnavailableException,
  type ArgumentsHost,
  type HttpException,
} from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import {
  BadRequestErrorResponse,
  HTTPClientError,
  NotFoundErrorResponse,
  UnkeyError,
} from '@unkey/api/models/errors';

/**
 * Answers for errors of Unkey's client. These errors hold the request with the root key, so they are neither sent nor
 * logged. Only Unkey's status is logged.
 */
@Catch(UnkeyError, HTTPClientError)
export class UnkeyErrorFilter extends BaseExceptionFilter {
  readonly #logger = new Logger(UnkeyErrorFilter.name);

  override catch(error: UnkeyError | HTTPClientError, host: ArgumentsHost): void {
    super.catch(this.#exceptionFor(error), host);
  }

  #exceptionFor(error: UnkeyError | HTTPClientError): HttpException {
    if (error instanceof BadRequestErrorResponse) return new BadRequestException(error.error.detail);
    if (error instanceof NotFoundErrorResponse && error.error.type.endsWith('key_not_found')) {
      return new NotFoundException('There is no such key.');
    }
    const status = error instanceof UnkeyError ? error.statusCode : undefined;
    this.#logger.error(
      `Unkey's answer: ${status ?? error.name}. If it is 4xx, check UNKEY_ROOT_KEY and UNKEY_API_ID.`,
    );
    return status !== undefined && [401, 403, 404, 412].includes(status)
      ? new InternalServerErrorException('Keys cannot be managed because this server is misconfigured.')
      : new ServiceUnavailableException('Keys cannot be managed right now. Please try again.');
  }
}
