import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { printAudit } from 'nestjs-unkey';
import { startDemoUnkey } from './demo-unkey.js';
import { portOf } from './port.js';
import { printRequests } from './request-lines.js';
import { demoMessage, unkeyMessage } from './start-message.js';

/** The emulator and the app, in the order in which they were started. */
const running: { close(): Promise<void> }[] = [];

async function main(): Promise<void> {
  const port = portOf(process.env['PORT']);
  const demo = process.env['UNKEY_ROOT_KEY'] ? undefined : await startDemoUnkey();
  if (demo !== undefined) {
    running.push(demo.emulator);
    // The app then uses the emulator like any other Unkey server.
    process.env['UNKEY_ROOT_KEY'] = demo.emulator.rootKey;
    process.env['UNKEY_BASE_URL'] = demo.emulator.url;
    process.env['UNKEY_API_ID'] = demo.apiId;
  }

  // Imported now, because the app reads its configuration when it is imported.
  const { AppModule } = await import('../src/app.module.js');
  const { serveDocs } = await import('../src/swagger.js');
  const app = await NestFactory.create(AppModule, {
    abortOnError: false,
    // Logs are shown after the app has started. If it does not start, only one error message is shown.
    bufferLogs: true,
    autoFlushLogs: false,
    // Open keep-alive connections must not keep the process running.
    forceCloseConnections: true,
  });
  running.push(app);
  serveDocs(app);
  printRequests(app);
  const url = await listen(app, port);
  app.useLogger(new ConsoleLogger({ logLevels: ['warn', 'error'] }));
  app.flushLogs();
  console.log(
    demo === undefined ? accountMessage(url, printAudit(app)) : demoMessage(url, demo, printAudit(app)),
  );
}

function accountMessage(url: string, access: string): string {
  const { UNKEY_BASE_URL: unkeyUrl, UNKEY_API_ID: apiId = '' } = process.env;
  return unkeyMessage(url, unkeyUrl || 'https://api.unkey.com', apiId, access);
}

async function listen(app: INestApplication, port: number): Promise<string> {
  await app.listen(port);
  const address = app.getHttpServer().address();
  return `http://localhost:${address.port}`;
}

async function stop(code: number): Promise<void> {
  for (const part of running.reverse()) await part.close();
  process.exit(code);
}

// `once`, so that a second signal ends the process immediately.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(0));

try {
  await main();
} catch (error) {
  console.error(reasonOf(error));
  await stop(1);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const port = process.env['PORT'] || '3000';
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `Port ${port} is already in use; set another port, such as PORT=3001.`;
  if (code === 'EACCES') return `Port ${port} requires more privileges; set another port, such as PORT=3001.`;
  return error.message;
}
