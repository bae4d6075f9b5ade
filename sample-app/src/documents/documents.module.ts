import { Module } from '@nestjs/common';
import { DocumentsController } from './documents.controller.js';
import { DocumentsGateway } from './documents.gateway.js';
import { DocumentsResolver } from './documents.resolver.js';
import { DocumentsService } from './documents.service.js';

@Module({
  controllers: [DocumentsController],
  providers: [DocumentsService, DocumentsResolver, DocumentsGateway],
})
export class DocumentsModule {}
