import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { ProblemException, ProblemRejection } from './problem-details.js';
import { requiredPermissions } from './required-permissions.js';
import type { UnkeyException } from './unkey.exception.js';

/**
 * Sends denials as problem details (RFC 9457): `type`, `title`, `status`, `detail`, and our `code` and `required`. A filter,
 * because Nest's adapters set the content type of a response body themselves.
 */
@Catch(ProblemException)
export class ProblemDetailsFilter implements ExceptionFilter<UnkeyException> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(exception: UnkeyException, context: ArgumentsHost): void {
    const status = exception.getStatus();
    const response = context.switchToHttp().getResponse<unknown>();
    const { httpAdapter } = this.host;
    const required = requiredPermissions(exception);
    const problem = {
      type: 'about:blank',
      title: titleOf(exception),
      status,
      detail: exception.message,
      code: exception.code,
      ...(required === undefined ? {} : { required }),
    };
    httpAdapter.setHeader(response, 'Content-Type', 'application/problem+json');
    // A string, because the adapter would send an object as `application/json`.
    httpAdapter.reply(response, JSON.stringify(problem), status);
  }
}

/** The filter of a named instance, which leaves the rejections of other instances as they are. */
@Catch(ProblemRejection)
export class NamedProblemDetailsFilter extends ProblemDetailsFilter {}

function titleOf(exception: UnkeyException): string {
  const body = exception.getResponse();
  const error: unknown = typeof body === 'object' ? Reflect.get(body, 'error') : undefined;
  return typeof error === 'string' ? error : exception.name;
}
