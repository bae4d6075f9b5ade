import { Controller, Get } from '@nestjs/common';
import { UnkeyModule, UnkeyService, VerificationTags, type UnkeyModuleOptions } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { bootError, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const many = (count: number) => Array.from({ length: count }, (_, index) => `tag ${index}`);

@VerificationTags('class')
@Controller()
class AppController {
  @Get('plain')
  plain() {
    return {};
  }

  @VerificationTags('handler', () => ['computed'])
  @Get('computed')
  computed() {
    return {};
  }

  @VerificationTags(() => many(30))
  @Get('too-many')
  tooMany() {
    return {};
  }
}

describe('the option tags', () => {
  const server = useUnkey();
  const start = (options: UnkeyModuleOptions = { tags: ['service=api', 'stage=test'] }) =>
    startApp('express', {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
      controllers: [AppController],
    });
  const sent = () => server.unkey.calls.map(({ body }) => (body as { tags?: string[] }).tags);

  it('is sent with every verification, before the tags of class and handler', async () => {
    const { get } = await start();
    await get('/plain', { 'x-api-key': 'unknown' });
    await get('/computed', { 'x-api-key': 'unknown' });
    expect(sent()).toEqual([
      ['service=api', 'stage=test', 'class'],
      ['service=api', 'stage=test', 'class', 'handler', 'computed'],
    ]);
  });

  it('is sent by UnkeyService.verify() too, with its own', async () => {
    const { app } = await start();
    const service = app.get(UnkeyService);
    await service.verify('unknown');
    await service.verify('unknown', { tags: ['job'] });
    expect(sent()).toEqual([
      ['service=api', 'stage=test'],
      ['service=api', 'stage=test', 'job'],
    ]);
  });

  it('keeps its place where a request brings more tags than Unkey takes', async () => {
    const { get, app } = await start();
    await get('/too-many', { 'x-api-key': 'unknown' });
    await app.get(UnkeyService).verify('unknown', { tags: many(20) });
    const [ofGuard, ofService] = sent();
    expect(ofGuard).toEqual(['service=api', 'stage=test', 'class', ...many(17)]);
    expect(ofService).toEqual(['service=api', 'stage=test', ...many(18)]);
  });

  it('and the tags of a handler that exceed 20 together stop the app at startup', async () => {
    @Controller()
    class TaggedController {
      @VerificationTags(...many(15))
      @Get()
      read() {
        return {};
      }
    }
    const error = await bootError({
      imports: [UnkeyModule.forRoot({ ...server.options, tags: many(6) })],
      controllers: [TaggedController],
    });
    expect(error.message).toBe('TaggedController.read: at most 20 tags are allowed, got 21.');
  });
});
