// The pages of the site, in the order of the sidebar. A page is `docs/<name>.md`; its title is its first heading.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const SECTIONS = [
  { text: 'Start', pages: ['getting-started'] },
  {
    text: 'Guides',
    pages: [
      'protect-routes',
      'permissions-credits-limits',
      'rate-limiting',
      'who-is-calling',
      'everyday',
      'self-service',
      'configuration',
      'openapi',
    ],
  },
  { text: 'Transports', pages: ['graphql', 'websocket', 'microservices'] },
  { text: 'Operations', pages: ['caching', 'outages', 'health', 'audit', 'opentelemetry'] },
  { text: 'Testing', pages: ['testing', 'emulator'] },
  { text: 'Reference', pages: ['reference'] },
];

export const DOCS = fileURLToPath(new URL('../', import.meta.url));

/** Returns the first heading of a page. */
export function titleOf(page) {
  const title = /^# (.+)$/m.exec(readFileSync(`${DOCS}${page}.md`, 'utf8'))?.[1];
  if (title === undefined) throw new Error(`docs/${page}.md has no heading of level 1.`);
  return title;
}
