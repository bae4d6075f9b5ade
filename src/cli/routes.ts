import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { styleText } from 'node:util';
import type { AuditPreview, Paint, PreviewAudit } from '../contracts/audit-preview.js';
import type { Command } from './arguments.js';
import { CliError, reasonOf } from './cli-error.js';

const PACKAGE = 'nestjs-unkey';

type RootModule = Parameters<PreviewAudit>[0];
type RoutesCommand = Extract<Command, { name: 'routes' }>;

/**
 * Prints how the handlers of an app are protected, without starting the app, and ends the process: what the app's files
 * do when they are loaded must not keep it running. The exit code is 1 if a handler has a problem.
 */
export async function routes(command: RoutesCommand): Promise<void> {
  try {
    const { entries, text, unseen } = await read(command);
    const out = command.json ? JSON.stringify(entries, null, 2) : text;
    await write(process.stderr, unseen.map((sentence) => `Note: ${sentence}\n`).join(''));
    await write(process.stdout, `${out}\n`);
    process.exit(entries.some(({ problem }) => problem !== undefined) ? 1 : 0);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    await write(process.stderr, `${error.message}\n`);
    process.exit(error.exitCode);
  }
}

/** @throws {CliError} if there is no such file or export, or the app cannot be read */
async function read({ file, exportName }: RoutesCommand): Promise<AuditPreview> {
  const path = resolve(file);
  if (!existsSync(path)) throw new CliError(`There is no file ${file}; build the app first.`, 2);
  const previewAudit = packageOfApp(path, file);
  return preview(previewAudit, exported(await load(path, file), exportName, file), file);
}

/** The app's own copy of this package, which shares the app's own copy of `@nestjs/core`. */
function packageOfApp(path: string, file: string): PreviewAudit {
  const require = createRequire(path);
  let found: unknown;
  try {
    found = require(PACKAGE);
  } catch (error) {
    throw new CliError(`nestjs-unkey cannot be loaded for ${file}: ${firstLine(error)}`);
  }
  const previewAudit: unknown = Reflect.get(Object(found), 'previewAudit');
  if (!isPreviewAudit(previewAudit)) {
    throw new CliError(`The nestjs-unkey that ${file} uses is too old for this command; update it.`);
  }
  return previewAudit;
}

async function load(path: string, file: string): Promise<object> {
  try {
    const loaded: unknown = await import(pathToFileURL(path).href);
    return Object(loaded);
  } catch (error) {
    throw new CliError(`${file} cannot be loaded: ${firstLine(error)}`);
  }
}

/** Of an ES module, or of a CommonJS module that was imported. */
function exported(loaded: object, exportName: string | undefined, file: string): RootModule {
  const fallback: unknown = Reflect.get(loaded, 'default');
  const names = exportName === undefined ? ['AppModule', 'default'] : [exportName];
  const candidates = names.flatMap((name): unknown[] => [
    Reflect.get(loaded, name),
    typeof fallback === 'object' && fallback !== null ? Reflect.get(fallback, name) : undefined,
  ]);
  const rootModule = candidates.find(isClass);
  if (rootModule !== undefined) return rootModule;
  const there = Object.keys(loaded).join(', ') || 'nothing';
  throw new CliError(
    `${file} exports no class ${exportName ?? 'AppModule'} (it exports ${there}); name the root module with --export.`,
    2,
  );
}

async function preview(
  previewAudit: PreviewAudit,
  rootModule: RootModule,
  file: string,
): Promise<AuditPreview> {
  try {
    return await previewAudit(rootModule, paint);
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${firstLine(error)}`);
  }
}

const paint: Paint = (style, text) =>
  process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? styleText(style, text) : text;

function isClass(value: unknown): value is RootModule {
  return typeof value === 'function';
}

function isPreviewAudit(value: unknown): value is PreviewAudit {
  return typeof value === 'function';
}

function firstLine(error: unknown): string {
  const [line = ''] = reasonOf(error).split('\n');
  return line;
}

/** Waits until everything is written: ending a process drops what a pipe has not taken yet. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((done) => {
    stream.write(text, () => done());
  });
}
