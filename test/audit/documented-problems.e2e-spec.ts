import { Controller, Get, Injectable, Scope, SetMetadata, type ModuleMetadata } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Field, ObjectType, Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  Public,
  RequirePermissions,
  UnkeyGuard,
  type AuditProblem,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { table } from '../docs/markdown.js';
import { startApp } from '../support/app.js';
import { graphqlModule, GRAPHQL_SERVERS } from '../transports/graphql-app.js';
import { entriesOf, IS_NEST_12, withUnkey } from './support/audit-app.js';

@WebSocketGateway()
class ChatGateway {
  @SubscribeMessage('chat')
  chat() {}
}

@Controller()
class SumController {
  @MessagePattern('sum')
  sum() {}
}

@ObjectType()
class User {
  @Field(() => String)
  id!: string;
}

@Resolver(() => User)
class UserResolver {
  @Query(() => User)
  user() {
    return { id: '1' };
  }
  @ResolveReference()
  resolveReference() {
    return { id: '1' };
  }
}

@Resolver(() => User)
class SecretResolver {
  @Query(() => User)
  user() {
    return { id: '1' };
  }
  @RequirePermissions('users.secret')
  @ResolveField(() => String)
  secret() {
    return 'secret';
  }
}

@Controller('documents')
class DocumentsController {
  @RequirePermissions('documents.read')
  @Get()
  list() {}
}

@Controller('documents')
class ArchiveController extends DocumentsController {
  @Get()
  override list() {}
}

@Public()
class PublicController {}

@Controller('reports')
class ReportsController extends PublicController {
  @Get()
  list() {}
}

@Controller('documents')
class OpenController {
  @SetMetadata('isPublic', true)
  @RequirePermissions('documents.read')
  @Get()
  list() {}
}

@Controller('plain')
class PlainController {
  @Get()
  read() {}
}

@Injectable({ scope: Scope.REQUEST })
class RequestScopedGuard extends UnkeyGuard {}

@Injectable()
class KeyThrottlerGuard extends ThrottlerGuard {
  protected override async getTracker() {
    return 'key';
  }
}

interface Case {
  readonly metadata: ModuleMetadata;
  readonly options?: UnkeyModuleOptions & { globalGuard?: boolean };
}

const graphql = (resolver: ModuleMetadata['providers']): Case => ({
  metadata: { imports: [graphqlModule(GRAPHQL_SERVERS[0], {})], providers: resolver ?? [] },
});

/** One app for each problem that this major has. */
const CASES: Partial<Record<AuditProblem, Case>> = {
  ...(IS_NEST_12
    ? {
        'request-scoped': {
          metadata: { providers: [ChatGateway, { provide: APP_GUARD, useClass: RequestScopedGuard }] },
          options: { globalGuard: false },
        },
      }
    : { gateway: { metadata: { providers: [ChatGateway] } } }),
  'hybrid-rpc': { metadata: { controllers: [SumController] } },
  'reference-resolver': graphql([UserResolver]),
  'field-resolver': graphql([SecretResolver]),
  'no-guard': { metadata: { controllers: [DocumentsController] }, options: { globalGuard: false } },
  'guard-order': {
    metadata: {
      imports: [ThrottlerModule.forRoot([{ ttl: 1000, limit: 10 }])],
      controllers: [DocumentsController],
      providers: [
        { provide: APP_GUARD, useClass: KeyThrottlerGuard },
        { provide: APP_GUARD, useExisting: UnkeyGuard },
      ],
    },
    options: { globalGuard: false },
  },
  'lost-decorators': { metadata: { controllers: [ArchiveController] } },
  'unenforced-demands': {
    metadata: { controllers: [OpenController] },
    options: { publicMetadata: 'isPublic' },
  },
  'inherited-public': { metadata: { controllers: [ReportsController] } },
  'no-guard-in-app': {
    metadata: { controllers: [PlainController] },
    options: { globalGuard: false, permissions: 'api' },
  },
};

const rows = table('docs/audit.md', 'Problems').map(([problem = '', reason, cure]) => ({
  problem: problem.replaceAll('`', ''),
  reason,
  cure,
}));

describe('the table of problems in docs/audit.md', () => {
  it.each(Object.entries(CASES))('matches the audit: %s', async (problem, { metadata, options }) => {
    const { app } = await startApp('express', withUnkey(metadata, { globalGuard: true, ...options }));
    const entry = entriesOf(app).find((one) => one.problem === problem);
    expect({ problem, reason: entry?.reason, cure: entry?.cure }).toEqual(
      rows.find((row) => row.problem === problem),
    );
  });

  it('has a row for each problem', () => {
    const known: Record<AuditProblem, true> = {
      gateway: true,
      'request-scoped': true,
      'hybrid-rpc': true,
      'reference-resolver': true,
      'field-resolver': true,
      'no-guard': true,
      'guard-order': true,
      'lost-decorators': true,
      'unenforced-demands': true,
      'inherited-public': true,
      'no-guard-in-app': true,
    };
    expect(rows.map(({ problem }) => problem)).toEqual(Object.keys(known));
  });
});
