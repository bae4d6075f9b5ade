import { Query, Resolver } from '@nestjs/graphql';
import type { Outcome, TransportDriver } from './contract.js';
import { GRAPHQL_SERVERS, startGraphql } from './graphql-app.js';

interface Body {
  data: Record<string, string | null> | null;
  errors?: { extensions: { reason?: unknown; status?: unknown; retryAfter?: unknown } }[];
}

export const graphqlDrivers: readonly TransportDriver[] = GRAPHQL_SERVERS.map((server) => ({
  name: `GraphQL, ${server.name}`,

  async start({ imports, handlers }) {
    const resolver = handlers((name) => Query(() => String, { name }), JSON.stringify);
    Resolver()(resolver);
    const { app, send } = await startGraphql(server, { imports: [...imports], providers: [resolver] });
    return {
      async call(handler, key): Promise<Outcome> {
        const headers: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };
        const { text, headers: received, body } = await send({ query: `{ ${handler} }` }, headers);
        const { data, errors } = body as Body;
        const error = errors?.[0]?.extensions;
        return {
          received: text + JSON.stringify([...received]),
          ...(error === undefined
            ? { answer: JSON.parse(data?.[handler] ?? 'null') as unknown }
            : { refusal: { code: error.reason, status: error.status, retryAfter: error.retryAfter } }),
        };
      },
      close: () => app.close(),
    };
  },
}));
