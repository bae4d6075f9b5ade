import { Controller, Get, Module } from '@nestjs/common';
import { RequirePermissions, UnkeyKey, UnkeyModule } from 'nestjs-unkey';

@Controller('documents')
class DocumentsController {
  @RequirePermissions('documents.read')
  @Get()
  list(@UnkeyKey('identity.externalId') user: string | undefined) {
    return { user };
  }
}

@Module({ imports: [UnkeyModule.forRoot({ globalGuard: true })], controllers: [DocumentsController] })
export class AppModule {}
