// Serves a folder as a static host with clean URLs does: `/caching` is caching.html, `/api/` is api/index.html.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Starts the server on any free port of this machine. */
export async function serve(folder) {
  const server = createServer((request, response) => void answer(folder, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

async function answer(folder, request, response) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const file = await firstOf(candidates(folder, decodeURIComponent(pathname)));
  const type = file === undefined ? 'text/plain' : (TYPES[extname(file.path)] ?? 'application/octet-stream');
  response.writeHead(file === undefined ? 404 : 200, { 'content-type': type });
  response.end(file?.body ?? 'not found');
}

function candidates(folder, pathname) {
  const path = join(folder, normalize(pathname));
  if (pathname.endsWith('/')) return [join(path, 'index.html')];
  return extname(path) in TYPES ? [path] : [`${path}.html`, path];
}

async function firstOf(paths) {
  for (const path of paths) {
    const body = await readFile(path).catch(() => undefined);
    if (body !== undefined) return { path, body };
  }
  return undefined;
}
