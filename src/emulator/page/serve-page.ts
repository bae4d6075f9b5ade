import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '../transport/reply.js';
import { receiveText } from '../transport/request-text.js';
import { sendReply } from '../transport/send-reply.js';
import { change } from './change.js';
import { pageFiles } from './page-files.generated.js';
import { refusalOf } from './page-gate.js';
import type { PageParts } from './page-parts.js';
import { jsonReply, PAGE_HEADERS, pageReply, refusalReply } from './page-reply.js';
import { callDetails } from './read/call-details.js';
import { pageState } from './read/page-state-of.js';

/** Handles a request to the page. */
export function servePage(request: IncomingMessage, response: ServerResponse, parts: PageParts): void {
  const refusal = refusalOf(request, parts.hosts);
  if (refusal !== undefined) {
    sendReply(response, refusalReply(403, refusal));
    return;
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://emulator');
  const name = pathname.replace(/^\/_emulator\//, '');
  if (request.method === 'POST') {
    receiveText(request, ({ text, broken }) => {
      if (broken) response.shouldKeepAlive = false;
      sendReply(response, change(name, text, request, parts));
    });
  } else if (request.method !== 'GET') {
    sendReply(response, refusalReply(405, 'The page accepts only GET and POST.'));
  } else if (name === 'events') {
    response.writeHead(200, { ...PAGE_HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
    parts.live.open(response);
  } else {
    sendReply(response, read(name, searchParams, request, parts));
  }
}

function read(name: string, params: URLSearchParams, request: IncomingMessage, parts: PageParts): Reply {
  if (name === '/') return file('page.html');
  if (name === 'state') return jsonReply(pageState(params, parts));
  if (name === 'operations') return jsonReply([...parts.emulator.faults.operations].sort());
  const id = /^calls\/(\d+)$/.exec(name)?.[1];
  if (id !== undefined) {
    const call = parts.calls.find(Number(id));
    return jsonReply(call ? callDetails(call, parts.emulator, request.headers.host ?? '') : null);
  }
  return file(name);
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
};

function file(name: string): Reply {
  const text = Object.hasOwn(pageFiles, name) ? pageFiles[name] : undefined;
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  return text === undefined || type === undefined
    ? refusalReply(404, 'The page has nothing at this address.')
    : pageReply(200, type, text);
}
