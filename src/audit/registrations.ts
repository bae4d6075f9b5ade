import type { ModulesContainer } from '@nestjs/core';
import { instanceOfToken } from '../options/tokens.js';
import type { NestModule } from './nest-containers.js';

/** One registration of `UnkeyModule`. */
export interface Registration {
  /** `undefined` for the instance without a name. */
  readonly name: string | undefined;
  readonly module: NestModule;
}

/** Every registration of `UnkeyModule` in an app. */
export function registrationsIn(modules: ModulesContainer): Registration[] {
  return [...modules.values()].flatMap((module) =>
    [...module.providers.keys()].flatMap((token) => {
      const instance = instanceOfToken(token);
      return instance === false ? [] : [{ name: instance.name, module }];
    }),
  );
}
