import { Inject } from '@nestjs/common';
import { UNKEY_CLIENT } from '../options/tokens.js';

/**
 * Injects the official SDK's `Unkey` client with the module's root key, for example to create and revoke keys.
 *
 * @example
 * constructor(@InjectUnkey() private readonly unkey: Unkey) {}
 */
export function InjectUnkey(): ParameterDecorator & PropertyDecorator {
  return Inject(UNKEY_CLIENT);
}
