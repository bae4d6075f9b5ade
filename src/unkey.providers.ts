import 'reflect-metadata';
import type { Provider, Type } from '@nestjs/common';
import { APP_FILTER, ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { Unkey } from '@unkey/api';
import { KeyVerification } from './access/key-verification.js';
import { VerificationSource } from './access/verification-source.js';
import { AppInstances } from './audit/app-instances.js';
import { RunningAudit } from './audit/running-audit.js';
import type { CallerVerifier } from './contracts/verifier.js';
import { PolicyReader } from './decorators/policy-reader.js';
import { NamedProblemDetailsFilter, ProblemDetailsFilter } from './errors/problem-details.filter.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import {
  tokenOf,
  UNKEY_AUDIT,
  UNKEY_CACHE,
  UNKEY_CLIENT,
  UNKEY_EVENTS,
  UNKEY_IN_FLIGHT,
  UNKEY_INSTANCES,
  UNKEY_INVALIDATIONS,
  UNKEY_KEY_VERIFICATION,
  UNKEY_LIMITER,
  UNKEY_LIVENESS,
  UNKEY_OPTIONS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_SERVICE,
  UNKEY_VERIFICATION_SOURCE,
  UNKEY_VERIFIER,
  UNKEY_WIRE,
} from './options/tokens.js';
import { Limiter } from './ratelimit/limiter.js';
import { resolveWithDefaults } from './resolve-with-defaults.js';
import { VerificationEvents } from './telemetry/verification-events.js';
import { Gateways } from './transports/ws/gateways.js';
import { UnkeyService } from './unkey.service.js';
import { openCache } from './verification/cache/open-cache.js';
import type { VerificationCache } from './verification/cache/verification-cache.js';
import { Invalidations } from './verification/invalidations.js';
import { Liveness } from './verification/liveness.js';
import { openClient } from './verification/open-client.js';
import { sdkVerifier } from './verification/sdk.verifier.js';
import { InFlight } from './verification/upstream/in-flight.js';
import type { HttpWire } from './verification/wire/http-wire.js';
import { openConnections, openWire } from './verification/wire/open-wire.js';

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
    {
      provide: named(UNKEY_EVENTS),
      useFactory: () => new VerificationEvents(),
    },
    {
      provide: named(UNKEY_CACHE),
      useFactory: openCache,
      inject: [options, named(UNKEY_EVENTS)],
    },
    {
      provide: named(UNKEY_INVALIDATIONS),
      useFactory: (resolved: ResolvedUnkeyOptions, cache?: VerificationCache) =>
        new Invalidations(resolved, cache),
      inject: [options, named(UNKEY_CACHE)],
    },
    {
      provide: named(UNKEY_CLIENT),
      useFactory: openClient,
      inject: [options, named(UNKEY_INVALIDATIONS)],
    },
    {
      provide: named(UNKEY_WIRE),
      useFactory: openWire,
      inject: [options],
    },
    {
      provide: named(UNKEY_VERIFIER),
      useFactory: ({ verifier }: ResolvedUnkeyOptions, client: Unkey, wire?: HttpWire): CallerVerifier => {
        if (typeof verifier === 'function') return verifier;
        return wire?.verify ?? sdkVerifier(client);
      },
      inject: [options, named(UNKEY_CLIENT), named(UNKEY_WIRE)],
    },
    {
      provide: named(UNKEY_IN_FLIGHT),
      useFactory: ({ maxInFlight }: ResolvedUnkeyOptions) => new InFlight(maxInFlight),
      inject: [options],
    },
    {
      provide: named(UNKEY_VERIFICATION_SOURCE),
      useFactory: (...parts: ConstructorParameters<typeof VerificationSource>) =>
        new VerificationSource(...parts),
      inject: [
        options,
        named(UNKEY_VERIFIER),
        named(UNKEY_CACHE),
        named(UNKEY_EVENTS),
        named(UNKEY_IN_FLIGHT),
      ],
    },
    {
      provide: named(UNKEY_KEY_VERIFICATION),
      useFactory: (...parts: ConstructorParameters<typeof KeyVerification>) => new KeyVerification(...parts),
      inject: [options, named(UNKEY_VERIFICATION_SOURCE), named(UNKEY_INVALIDATIONS)],
    },
    {
      provide: named(UNKEY_LIMITER),
      useFactory: (...parts: ConstructorParameters<typeof Limiter>) => new Limiter(...parts),
      inject: [options, named(UNKEY_IN_FLIGHT), named(UNKEY_WIRE)],
    },
    {
      provide: named(UNKEY_LIVENESS),
      useFactory: (resolved: ResolvedUnkeyOptions, wire?: HttpWire) =>
        new Liveness(wire, () => openConnections(resolved)),
      inject: [options, named(UNKEY_WIRE)],
    },
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
