import { context, trace, type Context } from '@opentelemetry/api';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Credits, RequirePermissions, UnkeyModule, type UnkeyModuleOptions } from 'nestjs-unkey';
import { startApp, type Adapter } from '../../support/app.js';

@Controller()
class AppController {
  @Get()
  plain() {
    return trace.getSpan(context.active())?.spanContext().spanId ?? 'no span';
  }
  @RequirePermissions('documents.read')
  @Credits(3)
  @Get('documents')
  documents() {
    return 'handler';
  }
}

/** An app whose requests have this context, as an HTTP instrumentation gives them one. */
export function startTracedApp(adapter: Adapter, options: UnkeyModuleOptions, parent = context.active()) {
  return startApp(
    adapter,
    { imports: [UnkeyModule.forRoot({ globalGuard: true, ...options })], controllers: [AppController] },
    (app: INestApplication) => app.use(inContext(parent)),
  );
}

function inContext(parent: Context) {
  return (_request: unknown, _response: unknown, next: () => void) => context.with(parent, next);
}

/** Resolves when the clock shows a later time than this, so that what lives for a millisecond has expired. */
export async function past(time: number): Promise<void> {
  while (Date.now() <= time) await new Promise((resolve) => setImmediate(resolve));
}
