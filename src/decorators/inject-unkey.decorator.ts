import { Inject } from '@nestjs/common';
import { UNKEY_CLIENT } from '../options/tokens.js';

/**
 * Injects the official SDK's `Unkey` client, made with the module's root key: create keys, revoke them, identities.
 *
 * @example
 * constructor(@InjectUnkey() private readonly unkey: Unkey) {}
 */
export function InjectUnkey(): ParameterDecorator & PropertyDecorator {
  return Inject(UNKEY_CLIENT);
}
