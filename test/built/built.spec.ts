import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type * as Package from 'nestjs-unkey';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  addressOf,
  microserviceClient,
  outcome,
  startMicroservice,
  TCP,
} from '../rpc/support/microservice.js';
import { startApp } from '../support/app.js';
import { AMPLE } from '../support/deadline.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);
const esm = (await import(/* @vite-ignore */ `${ROOT}dist/esm/index.js`)) as typeof Package;
const cjs = require(`${ROOT}dist/cjs/index.js`) as typeof Package;

/** Runs a script in a process of its own, in which the package is imported by its name. */
function run(script: string, format: 'module' | 'commonjs'): unknown {
  const output = execFileSync(process.execPath, [`--input-type=${format}`, '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

describe('the package as it is built', () => {
  it('exports the same names in both formats', () => {
    expect(Object.keys(cjs).sort()).toEqual(Object.keys(esm).sort());
  });

  it('loads neither the SDK nor anything of the emulator by being imported', () => {
    const loaded = run(
      `require('nestjs-unkey'); console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /@unkey.api|cjs.(?:testing|emulator|cli)/.test(file))))`,
      'commonjs',
    );
    expect(loaded).toEqual([]);
  });

  it('loads nothing of GraphQL, WebSocket or microservices by being imported', () => {
    const loaded = run(
      `require('nestjs-unkey'); console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /node_modules.(?:graphql|mercurius|ws|socket\\.io|@apollo|@grpc|@nestjs.(?:graphql|apollo|mercurius|websockets|microservices|platform-))/.test(file))))`,
      'commonjs',
    );
    expect(loaded).toEqual([]);
  });

  it.each([
    ['false', 0],
    ['undefined', 1],
  ])('with client: %s an app that boots loads the SDK %i times', (client, times) => {
    const loaded = run(
      `require('reflect-metadata');
       const { NestFactory } = require('@nestjs/core');
       const { Module } = require('@nestjs/common');
       const { UnkeyModule } = require('nestjs-unkey');
       class App {}
       Module({ imports: [UnkeyModule.forRoot({ rootKey: 'any', client: ${client}, verifier: async () => ({}) })] })(App);
       NestFactory.createApplicationContext(App, { logger: false }).then(async (app) => {
         await app.close();
         const files = Object.keys(require.cache).filter((file) => /@unkey.api.dist.commonjs.sdk.sdk.js$/.test(file));
         console.log(JSON.stringify(files.length));
       });`,
      'commonjs',
    );
    expect(loaded).toBe(times);
  });

  it('is imported by name as ESM', () => {
    const names = run(
      `import * as unkey from 'nestjs-unkey'; console.log(JSON.stringify(Object.keys(unkey)))`,
      'module',
    );
    expect(names).toEqual(Object.keys(esm).sort());
  });
});

describe("a rejected message gets the object of Nest's RpcException", () => {
  it.each([
    ['ESM', esm],
    ['CommonJS', cjs],
  ])('from the %s build', async (_, { UnkeyGuard, UnkeyModule }) => {
    @UseGuards(UnkeyGuard)
    @Controller()
    class Documents {
      @MessagePattern('read')
      read() {
        return 'handler';
      }
    }
    const { app } = await startMicroservice(TCP, {
      imports: [UnkeyModule.forRoot({ rootKey: 'any', client: false })],
      controllers: [Documents],
    });
    const client = microserviceClient(TCP.transport, addressOf(app));
    expect(await outcome(client.send('read', {}))).toEqual({
      refused: {
        status: 'error',
        message: 'An API key is required.',
        code: 'MISSING_KEY',
        statusCode: 401,
      },
    });
  });
});

describe('two copies of the package in one process agree', () => {
  it('on what is an exception of this module', () => {
    expect(cjs.isUnkeyException(new esm.KeyMissingException())).toBe(true);
    expect(esm.isUnkeyException(new cjs.UnkeyUnavailableException())).toBe(true);
    expect(esm.isUnkeyException(new Error('another'))).toBe(false);
  });

  it('on what a handler requires, and on one verification per request', async () => {
    const unkey = await UnkeyEmulator.start();
    onTestFinished(() => unkey.close());

    @Controller()
    @UseGuards(esm.UnkeyGuard, cjs.UnkeyGuard)
    class AppController {
      @cjs.RequirePermissions('documents.read')
      @Get()
      read(@cjs.UnkeyKey('keyId') keyId: string) {
        return { keyId };
      }
      @esm.Public()
      @Get('public')
      open() {
        return 'open';
      }
    }
    const { get } = await startApp('fastify', {
      imports: [esm.UnkeyModule.forRoot({ rootKey: unkey.rootKey, baseUrl: unkey.url, timeout: AMPLE })],
      controllers: [AppController],
    });
    const { key, keyId } = await unkey.createKey({ permissions: ['documents.read'] });
    expect((await get('/', { 'x-api-key': key })).body).toEqual({ keyId });
    expect(unkey.calls).toHaveLength(1);
    expect((await get('/public')).status).toBe(200);
  });
});
