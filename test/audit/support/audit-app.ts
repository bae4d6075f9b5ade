import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { UnkeyModule, UnkeyService, type AuditEntry, type UnkeyModuleOptions } from 'nestjs-unkey';
import type { LogLines } from '../../support/app.js';

export const IS_NEST_12 = process.env['NEST_MAJOR'] === '12';

/** Options of an app that never asks Unkey. */
export const OFFLINE = { rootKey: 'unkey_test', client: false } as const;

/** The metadata with `UnkeyModule` in it, as the global guard unless told otherwise. */
export function withUnkey(
  metadata: ModuleMetadata,
  options: UnkeyModuleOptions & { globalGuard?: boolean } = { globalGuard: true },
): ModuleMetadata {
  return {
    ...metadata,
    imports: [UnkeyModule.forRoot({ ...OFFLINE, ...options }), ...(metadata.imports ?? [])],
  };
}

export function entriesOf(app: INestApplicationContext): AuditEntry[] {
  return app.get(UnkeyService).audit();
}

/** The entries as `{ method: 'access, by, problem' }`. */
export function accessOf(app: INestApplicationContext): Record<string, string> {
  return Object.fromEntries(
    entriesOf(app).map(({ handler, access, by, problem }) => [
      handler.split('.')[1] ?? handler,
      [access, by, problem].filter((part) => part !== undefined).join(', '),
    ]),
  );
}

/** What this module warned about, without the name of the logger. */
export function warnings({ log }: { log: LogLines }): string[] {
  return log.of('warn', ' UnkeyModule').map((line) => line.replace(/ UnkeyModule$/, ''));
}
