// The pages of the site, in the order of the sidebar. A page is `docs/<name>.md`; its title is its first heading.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const SECTIONS = [
  { text: 'Start', pages: ['getting-started', 'coming-from', 'python-guide'] },
  {
    text: 'Guides',
    pages: [
      'protect-routes',
      'key-sources',
      'permissions-credits-limits',
      'rate-limiting',
      'who-is-calling',
      'jwt-and-keys',
      'configuration',
      'two-unkey-apis',
      'gateway',
      'openapi',
    ],
  },
  { text: 'Transports', pages: ['graphql', 'websocket', 'microservices', 'queues-and-cron', 'mcp'] },
  {
    text: 'Operations',
    pages: [
      'caching',
      'outages',
      'health',
      'audit',
      'logging',
      'opentelemetry',
      'browsers-and-cors',
      'proxies-and-ips',
    ],
  },
  { text: 'Testing', pages: ['testing', 'emulator', 'other-languages'] },
  { text: 'Reference', pages: ['reference', 'how-it-works', 'benchmarks'] },
];

export const DOCS = fileURLToPath(new URL('../', import.meta.url));

/** Returns the first heading of a page. */
export function titleOf(page) {
  const title = /^# (.+)$/m.exec(readFileSync(`${DOCS}${page}.md`, 'utf8'))?.[1];
  if (title === undefined) throw new Error(`docs/${page}.md has no heading of level 1.`);
  return title;
}
