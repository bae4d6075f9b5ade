import { Injectable, InternalServerErrorException, Logger } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import { InjectUnkey } from 'nestjs-unkey';
import type { KeyChange, NewKey } from './key-inputs.js';
import { answerFor } from './unkey-failure.js';

const DAY = 86_400_000;

@Injectable()
export class KeysService {
  readonly #logger = new Logger(KeysService.name);

  constructor(@InjectUnkey() private readonly unkey: Unkey) {}

  async create({ expiresInDays, ...key }: NewKey) {
    const apiId = this.#apiId();
    const { data } = await this.#call('keys.createKey', () =>
      this.unkey.keys.createKey({
        apiId,
        ...key,
        expires: expiresInDays === undefined ? undefined : Date.now() + expiresInDays * DAY,
      }),
    );
    return { keyId: data.keyId, key: data.key, note: 'Save the key now. It is not shown again.' };
  }

  async list(filter: { externalId?: string | undefined; cursor?: string | undefined }) {
    const apiId = this.#apiId();
    const { result } = await this.#call('apis.listKeys', () =>
      this.unkey.apis.listKeys({ apiId, limit: 100, ...filter }),
    );
    return {
      keys: result.data.map(({ keyId, start, name, enabled, expires, credits, identity }) => ({
        keyId,
        start,
        name,
        enabled,
        expires,
        credits: credits?.remaining,
        externalId: identity?.externalId,
      })),
      cursor: result.pagination?.cursor,
    };
  }

  async change(keyId: string, change: KeyChange): Promise<void> {
    await this.#call('keys.updateKey', () => this.unkey.keys.updateKey({ keyId, ...change }));
  }

  async delete(keyId: string): Promise<void> {
    await this.#call('keys.deleteKey', () => this.unkey.keys.deleteKey({ keyId }));
  }

  /** Calls Unkey, and converts errors of the client to exceptions that are safe to send and to log. */
  async #call<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const { exception, log } = answerFor(error);
      if (log !== undefined) this.#logger.error(`${operation}: ${log}`);
      throw exception;
    }
  }

  #apiId(): string {
    const apiId = process.env['UNKEY_API_ID'];
    if (apiId) return apiId;
    this.#logger.error(
      'UNKEY_API_ID is not set. Set it to the id of the API whose keys you want to manage, such as api_123.',
    );
    throw new InternalServerErrorException('Keys cannot be managed because this server is misconfigured.');
  }
}
