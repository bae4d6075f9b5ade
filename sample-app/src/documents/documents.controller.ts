import { Controller, DefaultValuePipe, Get, Param, Post } from '@nestjs/common';
import { allOf, anyOf, KeyRatelimit, RequirePermissions, UnkeyKey, type VerifiedKey } from 'nestjs-unkey';
import { ValidBody } from '../valid-body.decorator.js';
import { DocumentsService } from './documents.service.js';
import { newDocument, type NewDocument } from './new-document.js';
import { ownerOf } from './owner.js';

@Controller('documents')
@RequirePermissions('documents.read')
export class DocumentsController {
  constructor(private readonly documents: DocumentsService) {}

  /** Uses the whole key: its owner, plan and remaining credits. */
  @Get()
  list(@UnkeyKey() key: VerifiedKey) {
    const { name, meta, identity, credits } = key;
    const owner = ownerOf(identity?.externalId);
    return {
      documents: this.documents.listOf(owner),
      key: { name, plan: meta?.plan ?? 'free', seats: identity?.meta?.seats ?? 1, credits },
    };
  }

  /** Uses an ad-hoc limit: it is counted per key, and keys don't have to be configured for it. */
  @KeyRatelimit('documents.search', { limit: 3, duration: 60_000 })
  @Get('search/:text')
  search(
    @UnkeyKey('identity.externalId', new DefaultValuePipe('nobody')) owner: string,
    @Param('text') text: string,
  ) {
    return { documents: this.documents.search(owner, text) };
  }

  /** Requires these permissions in addition to those of the class. */
  @RequirePermissions(anyOf('documents.admin', allOf('documents.write', 'documents.list')))
  @Post()
  create(
    @UnkeyKey('identity.externalId') owner: string | undefined,
    @ValidBody(newDocument) { title }: NewDocument,
  ) {
    return this.documents.create(ownerOf(owner), title);
  }
}
