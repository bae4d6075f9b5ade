import { Inject } from '@nestjs/common';
import { getUnkeyServiceToken, getUnkeyToken } from '../options/tokens.js';

/**
 * Injects the official SDK's `Unkey` client with the module's root key, for example to create and revoke keys.
 *
 * @param name the named instance whose client to inject
 * @example
 * constructor(@InjectUnkey() private readonly unkey: Unkey) {}
 */
export function InjectUnkey(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getUnkeyToken(name));
}

/**
 * Injects the `UnkeyService` of a named instance. Without a name it injects the same as the class `UnkeyService`.
 *
 * @param name the named instance whose service to inject
 * @example
 * constructor(@InjectUnkeyService('partners') private readonly partners: UnkeyService) {}
 */
export function InjectUnkeyService(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getUnkeyServiceToken(name));
}
