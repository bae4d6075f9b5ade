import type { Provider } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import { KeyVerification } from './access/key-verification.js';
import { VerificationSource } from './access/verification-source.js';
import type { CallerVerifier } from './contracts/verifier.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import {
  tokenOf,
  UNKEY_CACHE,
  UNKEY_CLIENT,
  UNKEY_EVENTS,
  UNKEY_IN_FLIGHT,
  UNKEY_INVALIDATIONS,
  UNKEY_KEY_VERIFICATION,
  UNKEY_LIMITER,
  UNKEY_LIVENESS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_VERIFICATION_SOURCE,
  UNKEY_VERIFIER,
  UNKEY_WIRE,
} from './options/tokens.js';
import { Limiter } from './ratelimit/limiter.js';
import { VerificationEvents } from './telemetry/verification-events.js';
import { openCache } from './verification/cache/open-cache.js';
import type { VerificationCache } from './verification/cache/verification-cache.js';
import { Invalidations } from './verification/invalidations.js';
import { Liveness } from './verification/liveness.js';
import { openClient } from './verification/open-client.js';
import { sdkVerifier } from './verification/sdk.verifier.js';
import { InFlight } from './verification/upstream/in-flight.js';
import type { HttpWire } from './verification/wire/http-wire.js';
import { openConnections, openWire } from './verification/wire/open-wire.js';

/** The providers with which one instance of the module calls Unkey. */
export function verificationProvidersOf(name?: string): Provider[] {
  const named = (token: symbol) => tokenOf(token, name);
  const options = named(UNKEY_RESOLVED_OPTIONS);
  return [
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
  ];
}
