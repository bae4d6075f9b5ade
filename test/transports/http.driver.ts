import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ADAPTERS, httpAdapter, listen, request, type Adapter } from '../support/app.js';
import type { Outcome, TransportDriver } from './contract.js';

export const httpDrivers: readonly TransportDriver[] = ADAPTERS.map(httpDriver);

function httpDriver(adapter: Adapter): TransportDriver {
  return {
    name: `http on ${adapter}`,

    async start({ imports, handlers }) {
      const controller = handlers((name) => Get(name));
      Controller()(controller);
      class App {}
      Module({ imports: [...imports], controllers: [controller] })(App);
      const app = await NestFactory.create(App, httpAdapter(adapter), { logger: false });
      const url = await listen(app);
      return {
        call: (handler, key) => call(`${url}/${handler}`, key),
        close: () => app.close(),
      };
    },
  };
}

async function call(url: string, key: string | undefined): Promise<Outcome> {
  const { status, headers, body, text } = await request(url, {
    headers: key === undefined ? {} : { 'x-api-key': key },
  });
  const received = JSON.stringify([...headers]) + text;
  if (status === 200) return { answer: body, received };
  const { code } = body as { code: unknown };
  const seconds = headers.get('retry-after');
  return {
    refusal: { code, status, ...(seconds === null ? {} : { retryAfter: Number(seconds) }) },
    received,
  };
}
