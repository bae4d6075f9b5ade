import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import type { Instance, Instances } from '../contracts/instances.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { getUnkeyServiceToken, tokenOf, UNKEY_RESOLVED_OPTIONS } from '../options/tokens.js';
import type { UnkeyService } from '../unkey.service.js';
import { registrationsIn } from './registrations.js';
import { classesWithRunningGuards } from './running-guards.js';

/** The instances of the module in this app. */
@Injectable()
export class AppInstances implements Instances<UnkeyService, ResolvedUnkeyOptions>, OnModuleInit {
  // Private fields, because printing them would show the whole app.
  readonly #modules: ModulesContainer;
  readonly #discovery: DiscoveryService;
  #guardedClasses: WeakSet<object> = new WeakSet();

  /** @throws UnkeyConfigError if two registrations have the same name, or both have none */
  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(DiscoveryService) discovery: DiscoveryService,
  ) {
    this.#modules = modules;
    this.#discovery = discovery;
    this.#refuseDuplicates();
  }

  /** Nest has created the guards of all classes by now. */
  onModuleInit(): void {
    const discovery = this.#discovery;
    this.#guardedClasses = classesWithRunningGuards([
      ...discovery.getControllers(),
      ...discovery.getProviders(),
    ]);
  }

  find(name: string | undefined): Instance<UnkeyService, ResolvedUnkeyOptions> | undefined {
    const module = registrationsIn(this.#modules).find((one) => one.name === name)?.module;
    if (module === undefined) return undefined;
    const instanceAt = (token: symbol): unknown => module.providers.get(token)?.instance;
    return {
      service: instanceAt(getUnkeyServiceToken(name)) as UnkeyService,
      options: instanceAt(tokenOf(UNKEY_RESOLVED_OPTIONS, name)) as ResolvedUnkeyOptions,
    };
  }

  names(): string[] {
    return registrationsIn(this.#modules)
      .map(({ name }) => name)
      .filter((name) => name !== undefined);
  }

  runsGuardsOf(controller: object): boolean {
    return this.#guardedClasses.has(controller);
  }

  #refuseDuplicates(): void {
    const names = registrationsIn(this.#modules).map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    const isUnnamedTwice = names.indexOf(undefined) !== names.lastIndexOf(undefined);
    if (twice !== undefined) {
      throw new UnkeyConfigError(
        `UnkeyModule ${JSON.stringify(twice)} is registered ${countOf(twice, names)} times in this app; give each instance a name of its own, and import it once.`,
      );
    }
    if (isUnnamedTwice) {
      throw new UnkeyConfigError(
        `UnkeyModule is registered ${countOf(undefined, names)} times in this app; call forRoot() or forRootAsync() once, in the root module, and don't import UnkeyModule anywhere else. A second instance needs a "name".`,
      );
    }
  }
}

function countOf(name: string | undefined, names: readonly (string | undefined)[]): number {
  return names.filter((one) => one === name).length;
}
