import type { Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, NestFactory } from '@nestjs/core';
import type { AuditPreview, Paint } from '../contracts/audit-preview.js';
import { PolicyReader } from '../decorators/policy-reader.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { UNKEY_OPTIONS, UNKEY_RESOLVED_OPTIONS } from '../options/tokens.js';
import { resolveWithDefaults } from '../resolve-with-defaults.js';
import { auditText } from './audit-text.js';
import type { AuditOptions } from './audited-app.js';
import { listAccess } from './list-access.js';
import { isNest12, isObject } from './nest-containers.js';

const NOT_RUN =
  'main.ts and configure() are not run, so a global prefix, versioning, useGlobalGuards(), middleware and microservices are not seen.';
const FROM_FACTORY =
  'The options of UnkeyModule come from a factory, which is not run: its "permissions", "public", "publicMetadata", "exclude" and "skipTransports" are not seen.';

/** The options that decide about access. */
const READ = [
  'permissions',
  'tags',
  'keyFrom',
  'checks',
  'statuses',
  'public',
  'publicMetadata',
  'exclude',
  'skipTransports',
  'inheritAppConfig',
] as const satisfies readonly (keyof AuditOptions)[];

/**
 * Lists the handlers of a root module without starting the app: Nest's preview runs no constructor, no factory and no
 * lifecycle hook, and connects to nothing. The command `npx nestjs-unkey routes` prints it.
 *
 * @param paint colours the text; without it the text is plain
 * @throws UnkeyConfigError if the module does not import `UnkeyModule`, or a handler's decorators are invalid
 */
export async function previewAudit(
  rootModule: Type,
  paint: Paint = (_, text) => text,
): Promise<AuditPreview> {
  const app = await NestFactory.createApplicationContext(rootModule, {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  const modules = app.get(ModulesContainer, { strict: false });
  const given = givenOptions(modules);
  const options = await auditOptions(given);
  const entries = listAccess({
    modules,
    config: app.get(ApplicationConfig, { strict: false }),
    options,
    policies: new PolicyReader(options),
    hasHttpAdapter: false,
    usesMiddleware: false,
    isPreview: true,
    isNest12: isNest12(),
  });
  return {
    entries,
    text: auditText(entries, paint),
    unseen: given === undefined ? [NOT_RUN, FROM_FACTORY] : [NOT_RUN],
  };
}

/** What `forRoot` was given; `undefined` if a factory gives the options. */
function givenOptions(modules: ModulesContainer): object | undefined {
  const imported = [...modules.values()].filter(({ providers }) => providers.has(UNKEY_RESOLVED_OPTIONS));
  if (imported.length === 0) throw new UnkeyConfigError('The root module does not import UnkeyModule.');
  const given = imported.map(({ providers }): unknown => providers.get(UNKEY_OPTIONS)?.instance);
  return given.find(isObject);
}

/** Only what decides about access: a preview needs no root key, and no client. */
async function auditOptions(given: object = {}): Promise<AuditOptions> {
  const read = READ.map((name): [string, unknown] => [name, Reflect.get(given, name)]);
  return resolveWithDefaults({ ...Object.fromEntries(read), rootKey: 'not-needed', verifier: 'http' });
}
