import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { GraphQLModule } from '@nestjs/graphql';
import { UnkeyModule } from 'nestjs-unkey';
import { AdminModule } from './admin/admin.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { HealthModule } from './health/health.module.js';
import { KeysModule } from './keys/keys.module.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    UnkeyModule.forRootAsync({
      globalGuard: true,
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        rootKey: config.get('UNKEY_ROOT_KEY'),
        baseUrl: config.get('UNKEY_BASE_URL'),
        realm: 'documents',
        // Keys that this app rerolls, disables or deletes are dropped from the cache.
        cache: { ttl: 10_000 },
        // For the client of @InjectUnkey(). Its retries could create a key twice.
        clientOptions: { timeoutMs: 5_000, retryConfig: { strategy: 'none' } },
      }),
    }),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      includeStacktraceInErrorResponses: false,
    }),
    HealthModule,
    DocumentsModule,
    ExportsModule,
    KeysModule,
    AdminModule,
  ],
})
export class AppModule {}
