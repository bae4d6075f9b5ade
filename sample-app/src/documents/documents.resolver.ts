import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { allOf, anyOf, RequirePermissions, UnkeyKey } from 'nestjs-unkey';
import { SchemaPipe } from '../schema.pipe.js';
import { Document, NewDocumentInput } from './document.js';
import { DocumentsService } from './documents.service.js';
import { newDocument } from './new-document.js';
import { ownerOf } from './owner.js';

/** The same decorators as on the controller: the global guard also protects resolvers. */
@Resolver(() => Document)
@RequirePermissions('documents.read')
export class DocumentsResolver {
  constructor(private readonly documents: DocumentsService) {}

  @Query(() => [Document], { name: 'documents' })
  list(@UnkeyKey('identity.externalId') owner: string | undefined) {
    return this.documents.listOf(ownerOf(owner));
  }

  /** Requires these permissions in addition to those of the class. */
  @RequirePermissions(anyOf('documents.admin', allOf('documents.write', 'documents.list')))
  @Mutation(() => Document, { name: 'createDocument' })
  create(
    @UnkeyKey('identity.externalId') owner: string | undefined,
    @Args('document', new SchemaPipe(newDocument)) { title }: NewDocumentInput,
  ) {
    return this.documents.create(ownerOf(owner), title);
  }
}
