import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { serveDocs } from './swagger.js';

const app = await NestFactory.create(AppModule);
serveDocs(app);
app.enableShutdownHooks();
await app.listen(app.get(ConfigService).get('PORT', 3000));
