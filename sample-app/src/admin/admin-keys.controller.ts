import { Controller, Get, Header, HttpCode, Param, Patch, Post, UseFilters } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Unkey } from '@unkey/api';
import { InjectUnkey, RequirePermissions } from 'nestjs-unkey';
import { UnkeyErrorFilter } from '../keys/unkey-error.filter.js';
import { ValidBody } from '../valid-body.decorator.js';
import {
  customerKey,
  keyChange,
  lookup,
  type CustomerKey,
  type KeyChange,
  type Lookup,
} from './customer-key.js';

/** How many exports a customer may start in a minute. */
const EXPORTS = { free: 2, pro: 20 };

/** Administrators manage the keys of all customers here. */
@Controller('admin/keys')
@RequirePermissions('admin')
@UseFilters(UnkeyErrorFilter)
export class AdminKeysController {
  readonly #apiId: string;

  constructor(
    @InjectUnkey() private readonly unkey: Unkey,
    config: ConfigService,
  ) {
    this.#apiId = config.getOrThrow('UNKEY_API_ID');
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  async create(@ValidBody(customerKey) { plan, ...key }: CustomerKey) {
    const { data } = await this.unkey.keys.createKey({
      apiId: this.#apiId,
      prefix: 'docs',
      ...key,
      meta: { plan },
      ratelimits: [{ name: 'exports', limit: EXPORTS[plan], duration: 60_000, autoApply: false }],
    });
    return data;
  }

  @Get(':keyId')
  async get(@Param('keyId') keyId: string) {
    const { data } = await this.unkey.keys.getKey({ keyId });
    return data;
  }

  /** Whose key is this? The key is in the body, because URLs are logged. */
  @Post('whoami')
  @HttpCode(200)
  async whoami(@ValidBody(lookup) { key }: Lookup) {
    const { data } = await this.unkey.keys.whoami({ key });
    return data;
  }

  /** The module drops a disabled key from its cache, so the key's next request is refused. */
  @Patch(':keyId')
  @HttpCode(204)
  async change(@Param('keyId') keyId: string, @ValidBody(keyChange) { enabled }: KeyChange): Promise<void> {
    await this.unkey.keys.updateKey({ keyId, enabled });
  }
}
