import { optionsFault } from './options-fault.js';
import { gatewayOf } from './nested-options.js';
import type { CheckedOptions } from './options-schema.js';
import type { ResolvedUnkeyOptions } from './resolved-options.js';
import { givenScope, isVerifiedByRootKey } from './verification-scope.js';

/**
 * Checks options that depend on each other. Each is valid by itself.
 *
 * @param name the name of the instance, if it has one
 * @throws UnkeyConfigError names the option and what would be right
 */
export function checkCombinations(options: CheckedOptions, name: string | undefined): void {
  checkClient(options, name);
  checkKeyspaces(options);
  checkScope(options);
}

/** Returns what verifies keys. Without a root key, a `client` can still verify keys with its own. */
export function verifierOf({ verifier, rootKey, client }: CheckedOptions): ResolvedUnkeyOptions['verifier'] {
  return verifier ?? (rootKey === undefined && client ? 'sdk' : 'http');
}

function checkClient(options: CheckedOptions, name: string | undefined): void {
  if (options.client !== undefined && options.clientOptions !== undefined) {
    throw optionsFault(
      'option "clientOptions" cannot be combined with "client", because it configures the client that the module creates',
    );
  }
  const verifier = verifierOf(options);
  if (options.client === false && verifier === 'sdk') {
    throw optionsFault(
      `option "client" is false, so keys cannot be verified through the SDK: set "verifier" to 'http' or a function`,
    );
  }
  if (options.dispatcher !== undefined && verifier !== 'http') {
    throw optionsFault(`option "dispatcher" works only with verifier: 'http'`);
  }
  // A gateway has verified all keys already.
  if (gatewayOf(options.gateway)?.otherwise === 'deny') return;
  if (options.rootKey === undefined && (options.client === undefined || verifier === 'http')) {
    throw optionsFault(
      name === undefined
        ? 'no root key: set the option "rootKey" or the environment variable UNKEY_ROOT_KEY'
        : 'no root key: set the option "rootKey"; a named instance does not read UNKEY_ROOT_KEY',
    );
  }
}

/** The SDK does not send `keyspaces`, so keys of every keyspace would pass. */
function checkKeyspaces(options: CheckedOptions): void {
  if (options.keyspaces === undefined || verifierOf(options) !== 'sdk') return;
  throw optionsFault(
    `option "keyspaces" cannot be used with verifier: 'sdk', because the SDK does not send it; use verifier: 'http'`,
  );
}

/** Apps that use different Unkey APIs must not share cached results. */
function checkScope(options: CheckedOptions): void {
  const { cache } = options;
  if (typeof cache !== 'object' || cache.store === undefined) return;
  if (isVerifiedByRootKey(options) || givenScope(options) !== undefined) return;
  if (typeof options.verifier !== 'function' && !options.client) return; // nothing verifies keys
  const own = typeof options.verifier === 'function' ? 'verifier' : 'client';
  throw optionsFault(
    `option "cache.scope" is required, because "cache.store" is shared and keys are verified by your own "${own}": ` +
      'use the same string in all apps that verify keys of the same Unkey API, and a different one in every other app',
  );
}
