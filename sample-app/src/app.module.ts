import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { UnkeyModule } from 'nestjs-unkey';
import { AdminModule } from './admin/admin.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { HealthModule } from './health/health.module.js';

@Module({
  imports: [
    // The root key and the URL come from UNKEY_ROOT_KEY and UNKEY_BASE_URL.
    UnkeyModule.forRootAsync({
      globalGuard: true,
      useFactory: () => ({
        realm: 'documents',
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
    AdminModule,
  ],
})
export class AppModule {}
