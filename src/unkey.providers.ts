import 'reflect-metadata';
import type { Provider, Type } from '@nestjs/common';
import { APP_FILTER, ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { AppInstances } from './audit/app-instances.js';
import { RunningAudit } from './audit/running-audit.js';
import { PolicyReader } from './decorators/policy-reader.js';
import { NamedProblemDetailsFilter, ProblemDetailsFilter } from './errors/problem-details.filter.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import {
  tokenOf,
  UNKEY_AUDIT,
  UNKEY_CLIENT,
  UNKEY_INSTANCES,
  UNKEY_OPTIONS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_SERVICE,
  UNKEY_VERIFIER,
} from './options/tokens.js';
import { resolveWithDefaults } from './resolve-with-defaults.js';
import { Gateways } from './transports/ws/gateways.js';
import { UnkeyService } from './unkey.service.js';
import { verificationProvidersOf } from './verification.providers.js';

/** Where Nest keeps the tokens of `@Inject()` in the parameters of a constructor. */
const DECLARED_DEPENDENCIES = 'self:paramtypes';

/** The providers of one instance of the module. A named instance has them under tokens with its name. */
export function providersOf(name?: string): Provider[] {
  const named = (token: symbol) => tokenOf(token, name);
  const options = named(UNKEY_RESOLVED_OPTIONS);
  return [
    {
      provide: options,
      useFactory: (given: unknown) => resolveWithDefaults(given, name),
      inject: [{ token: named(UNKEY_OPTIONS), optional: true }],
    },
    ...verificationProvidersOf(name),
    {
      provide: APP_FILTER,
      // Nest ignores an `undefined` filter.
      useFactory: ({ problemDetails }: ResolvedUnkeyOptions, host: HttpAdapterHost) => {
        if (!problemDetails) return undefined;
        return name === undefined ? new ProblemDetailsFilter(host) : new NamedProblemDetailsFilter(host);
      },
      inject: [options, HttpAdapterHost],
    },
    {
      provide: named(UNKEY_AUDIT),
      useFactory: (...parts: ConstructorParameters<typeof RunningAudit>) => new RunningAudit(...parts),
      inject: [
        ModulesContainer,
        ApplicationConfig,
        HttpAdapterHost,
        options,
        PolicyReader,
        named(UNKEY_INSTANCES),
      ],
    },
    {
      provide: PolicyReader,
      useFactory: (resolved: ResolvedUnkeyOptions, instances: AppInstances) =>
        new PolicyReader(resolved, instances),
      inject: [options, named(UNKEY_INSTANCES)],
    },
    { provide: named(UNKEY_INSTANCES), useClass: AppInstances },
    Gateways,
    ...serviceOf(name),
  ];
}

/** What an instance of the module exports, apart from the options that it was given. */
export function exportsOf(name?: string): symbol[] {
  return [UNKEY_RESOLVED_OPTIONS, UNKEY_AUDIT, UNKEY_CLIENT, UNKEY_VERIFIER, UNKEY_SERVICE].map((token) =>
    tokenOf(token, name),
  );
}

/** Only the unnamed instance's service can be injected by its class. */
function serviceOf(name: string | undefined): Provider[] {
  const provide = tokenOf(UNKEY_SERVICE, name);
  if (name === undefined) return [UnkeyService, { provide, useExisting: UnkeyService }];
  return [
    {
      provide,
      useFactory: (...parts: ConstructorParameters<typeof UnkeyService>) => new UnkeyService(...parts),
      inject: dependenciesOf(UnkeyService, name),
    },
  ];
}

/**
 * Returns the tokens that a class injects in its constructor, with those of this package replaced by those of the
 * instance.
 */
function dependenciesOf(target: Type, name: string): (symbol | Type)[] {
  const declared = Reflect.getMetadata(DECLARED_DEPENDENCIES, target) as readonly {
    readonly index: number;
    readonly param: symbol | Type;
  }[];
  return declared
    .toSorted((a, b) => a.index - b.index)
    .map(({ param }) => (typeof param === 'symbol' ? tokenOf(param, name) : param));
}
