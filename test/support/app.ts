import type { AddressInfo } from 'node:net';
import type { INestApplication, LoggerService, ModuleMetadata, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { onTestFinished } from 'vitest';

/** Both HTTP adapters; every end-to-end test runs on each. */
export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number];

/** Lines that Nest and this module logged while an app ran. */
export class LogLines implements LoggerService {
  readonly lines: { level: string; text: string }[] = [];
  log = (...parts: unknown[]) => this.#add('log', parts);
  error = (...parts: unknown[]) => this.#add('error', parts);
  warn = (...parts: unknown[]) => this.#add('warn', parts);

  /** Texts of one level that hold `part`. */
  of(level: 'log' | 'warn' | 'error', part = ''): string[] {
    return this.lines
      .filter((line) => line.level === level && line.text.includes(part))
      .map(({ text }) => text);
  }

  #add(level: string, parts: unknown[]): void {
    this.lines.push({
      level,
      text: parts.map((part) => (part instanceof Error ? part.stack : String(part))).join(' '),
    });
  }
}

export interface RunningApp {
  app: INestApplication;
  url: string;
  log: LogLines;
  /** Requests a path; a redirect is not followed. */
  get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
  text: string;
}

/** Boots a Nest app over a real socket and closes it when the test has ended. */
export async function startApp(
  adapter: Adapter,
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => void = () => {},
): Promise<RunningApp> {
  const log = new LogLines();
  const app = await NestFactory.create(rootModule(metadata), httpAdapter(adapter), {
    logger: log,
    abortOnError: false,
  });
  configure(app);
  onTestFinished(() => app.close());
  const url = await listen(app);
  return {
    app,
    url,
    log,
    get: (path, headers) => request(url + path, headers === undefined ? {} : { headers }),
  };
}

/** What booting such an app fails with; an app that boots is an error. */
export async function bootError(metadata: ModuleMetadata, adapter: Adapter = 'express'): Promise<Error> {
  try {
    const app = await NestFactory.create(rootModule(metadata), httpAdapter(adapter), {
      logger: new LogLines(),
      abortOnError: false,
    });
    onTestFinished(() => app.close());
    await app.init();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('the app booted');
}

export async function listen(app: INestApplication): Promise<string> {
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

export async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
}

export function httpAdapter(adapter: Adapter): AbstractHttpAdapter {
  return (adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter()) as AbstractHttpAdapter;
}

function rootModule(metadata: ModuleMetadata): Type {
  class RootModule {}
  Module(metadata)(RootModule);
  return RootModule;
}
