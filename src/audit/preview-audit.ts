import type { Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, NestFactory } from '@nestjs/core';
import type { AuditPreview, Paint } from '../contracts/audit-preview.js';
import type { Instances } from '../contracts/instances.js';
import { PolicyReader } from '../decorators/policy-reader.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { getUnkeyOptionsToken } from '../options/tokens.js';
import { resolveWithDefaults } from '../resolve-with-defaults.js';
import { auditText } from './audit-text.js';
import type { AuditOptions } from './audited-app.js';
import { listAccess } from './list-access.js';
import { isNest12, isObject, type NestModule } from './nest-containers.js';
import { registrationsIn } from './registrations.js';

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
  const registrations = registrationsIn(modules);
  if (registrations.length === 0) throw new UnkeyConfigError('The root module does not import UnkeyModule.');
  const given = registrations.map(({ name, module }) => ({ name, options: givenOptions(module, name) }));
  const instances = await previewInstances(given);
  const options = instances.find(undefined)?.options ?? (await auditOptions(undefined, undefined));
  const entries = listAccess({
    modules,
    config: app.get(ApplicationConfig, { strict: false }),
    options,
    instances,
    policies: new PolicyReader(options, instances),
    hasHttpAdapter: false,
    usesMiddleware: false,
    isPreview: true,
    isNest12: isNest12(),
  });
  return {
    entries,
    text: auditText(entries, paint),
    unseen: given.some(({ options }) => options === undefined) ? [NOT_RUN, FROM_FACTORY] : [NOT_RUN],
  };
}

/** The options of `forRoot`; `undefined` if a factory provides them. */
function givenOptions({ providers }: NestModule, name: string | undefined): object | undefined {
  const given: unknown = providers.get(getUnkeyOptionsToken(name))?.instance;
  return isObject(given) ? given : undefined;
}

async function previewInstances(
  given: readonly { name: string | undefined; options: object | undefined }[],
): Promise<Pick<Instances<unknown, AuditOptions>, 'find' | 'names'>> {
  const found = await Promise.all(
    given.map(async ({ name, options }) => ({ name, options: await auditOptions(options, name) })),
  );
  return {
    find: (name) => {
      const one = found.find((instance) => instance.name === name);
      return one && { service: undefined, options: one.options };
    },
    names: () => found.map(({ name }) => name).filter((name) => name !== undefined),
  };
}

/** Only what decides about access: a preview needs no root key, and no client. */
async function auditOptions(given: object | undefined, name: string | undefined): Promise<AuditOptions> {
  const read = READ.map((option): [string, unknown] => [option, given && Reflect.get(given, option)]);
  return resolveWithDefaults({ ...Object.fromEntries(read), rootKey: 'not-needed', verifier: 'http' }, name);
}
