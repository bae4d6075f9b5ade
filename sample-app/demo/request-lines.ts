import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { INestApplication } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { CHANNELS, getVerifiedKey, type DenialMessage } from 'nestjs-unkey';

/** Prints a line for every request: status, method, path, time, and who called or why the key was denied. */
export function printRequests(app: INestApplication): void {
  const denials = new AsyncLocalStorage<{ code?: string }>();
  subscribe(CHANNELS.denial, (message) => {
    const denial = denials.getStore();
    if (denial !== undefined) denial.code = (message as DenialMessage).code;
  });
  app.use((request: Request, response: Response, next: NextFunction) => {
    const denial: { code?: string } = {};
    const start = performance.now();
    // Not the query, because it may hold a key.
    const [path = ''] = request.originalUrl.split('?');
    response.once('finish', () => {
      const ms = (performance.now() - start).toFixed(1);
      const caller = denial.code ?? getVerifiedKey(request)?.name ?? '';
      console.log(
        printable(
          `${response.statusCode}  ${request.method.padEnd(6)} ${path}  ${ms} ms  ${caller}`,
        ).trimEnd(),
      );
    });
    denials.run(denial, next);
  });
}

/** Replaces control characters, which could fake a line. */
function printable(line: string): string {
  return line.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
}
