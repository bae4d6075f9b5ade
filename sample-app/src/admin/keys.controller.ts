import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { RequirePermissions } from 'nestjs-unkey';
import { keyChange, newKey, type KeyChange, type NewKey } from './key-inputs.js';
import { KeysService } from './keys.service.js';

/** Lets administrators manage the keys of customers. */
@Controller('admin/keys')
@RequirePermissions('keys.manage')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  /** Creates a key. Only this response contains the key itself, so it must not be cached. */
  @Header('Cache-Control', 'no-store')
  @Post()
  create(@Body({ schema: newKey }) key: NewKey) {
    return this.keys.create(key);
  }

  @Get()
  list(@Query('externalId') externalId?: string, @Query('cursor') cursor?: string) {
    return this.keys.list({ externalId, cursor });
  }

  @Patch(':keyId')
  @HttpCode(204)
  change(@Param('keyId') keyId: string, @Body({ schema: keyChange }) change: KeyChange) {
    return this.keys.change(keyId, change);
  }

  @Delete(':keyId')
  @HttpCode(204)
  delete(@Param('keyId') keyId: string) {
    return this.keys.delete(keyId);
  }
}
