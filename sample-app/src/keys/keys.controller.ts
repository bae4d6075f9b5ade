import { Controller, Delete, Get, Header, HttpCode, Param, Post, UseFilters } from '@nestjs/common';
import { RequirePermissions, UnkeyKey, type VerifiedKey } from 'nestjs-unkey';
import { ValidBody } from '../valid-body.decorator.js';
import { KeysService } from './keys.service.js';
import { newKey, reroll, type NewKey, type Reroll } from './new-key.js';
import { UnkeyErrorFilter } from './unkey-error.filter.js';

/** Customers manage their own keys here. The customer is the identity of the key that they call with. */
@Controller('keys')
@RequirePermissions('keys.manage')
@UseFilters(UnkeyErrorFilter)
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Get()
  list(@UnkeyKey() caller: VerifiedKey) {
    return this.keys.list(caller);
  }

  /** Only this response contains the new key, so it must not be cached. The same holds for `reroll`. */
  @Post()
  @Header('Cache-Control', 'no-store')
  create(@UnkeyKey() caller: VerifiedKey, @ValidBody(newKey) wanted: NewKey) {
    return this.keys.create(caller, wanted);
  }

  @Post(':keyId/reroll')
  @Header('Cache-Control', 'no-store')
  reroll(
    @UnkeyKey() caller: VerifiedKey,
    @Param('keyId') keyId: string,
    @ValidBody(reroll) { graceMinutes }: Reroll,
  ) {
    return this.keys.reroll(caller, keyId, graceMinutes);
  }

  @Delete(':keyId')
  @HttpCode(204)
  delete(@UnkeyKey() caller: VerifiedKey, @Param('keyId') keyId: string) {
    return this.keys.delete(caller, keyId);
  }
}
