import { Module, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, type GqlModuleOptions } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { httpAdapter, listen, LogLines, request, type Answer } from '../support/app.js';

/** The servers that Nest has for GraphQL. */
export const GRAPHQL_SERVERS = [
  { name: 'Apollo on Express', adapter: 'express', driver: ApolloDriver },
  { name: 'Apollo on Fastify', adapter: 'fastify', driver: ApolloDriver },
  { name: 'Mercurius', adapter: 'fastify', driver: MercuriusDriver },
] as const;
export type GraphqlServer = (typeof GRAPHQL_SERVERS)[number];

/** Options that mean the same for both drivers. */
export interface GraphqlOptions extends Pick<GqlModuleOptions, 'context' | 'fieldResolverEnhancers'> {
  /** Takes an array of operations in one HTTP request. */
  batches?: boolean;
  /** Mercurius: after how many executions a query is compiled. */
  jit?: number;
  /** Takes subscriptions over graphql-ws: with the driver's defaults, or with its options for them. */
  subscriptions?: object;
}

export interface RunningGraphql {
  app: INestApplication;
  url: string;
  log: LogLines;
  /** Sends one operation, or a batch of several. */
  send: (body: object, headers?: Record<string, string>, path?: string) => Promise<Answer>;
}

export async function startGraphql(
  server: GraphqlServer,
  { imports = [], ...metadata }: ModuleMetadata,
  options: GraphqlOptions = {},
): Promise<RunningGraphql> {
  class App {}
  Module({ imports: [...imports, graphqlModule(server, options)], ...metadata })(App);
  const log = new LogLines();
  const app = await NestFactory.create(App, httpAdapter(server.adapter), {
    logger: log,
    abortOnError: false,
  });
  const url = await listen(app);
  return {
    app,
    url,
    log,
    send: (body, headers = {}, path = '/graphql') =>
      request(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
  };
}

export function graphqlModule({ driver }: Pick<GraphqlServer, 'driver'>, options: GraphqlOptions) {
  const { batches = false, subscriptions, jit = 0, ...common } = options;
  return driver === MercuriusDriver
    ? GraphQLModule.forRoot<MercuriusDriverConfig>({
        ...common,
        driver,
        autoSchemaFile: true,
        allowBatchedQueries: batches,
        jit,
        ...(subscriptions === undefined ? {} : { subscription: { fullWsTransport: true, ...subscriptions } }),
      })
    : GraphQLModule.forRoot<ApolloDriverConfig>({
        ...common,
        driver: ApolloDriver,
        autoSchemaFile: true,
        allowBatchedHttpRequests: batches,
        ...(subscriptions === undefined ? {} : { subscriptions: { 'graphql-ws': subscriptions } }),
      });
}
