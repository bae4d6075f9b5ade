import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeUnkey } from 'nestjs-unkey/swagger';

/** Serves Swagger UI at `/docs`. Its "Authorize" button takes a key. */
export function serveDocs(app: INestApplication): void {
  const config = new DocumentBuilder().setTitle('Documents').setVersion('1.0').build();
  SwaggerModule.setup('docs', app, () => describeUnkey(app, SwaggerModule.createDocument(app, config)));
}
