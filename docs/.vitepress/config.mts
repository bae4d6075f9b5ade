import { readFileSync } from 'node:fs';
import { defineConfig, type DefaultTheme } from 'vitepress';
import { DOCS, SECTIONS, titleOf } from './pages.mjs';
import { slugOf } from './slug.mjs';

/** Written by TypeDoc, before VitePress starts. */
const api = JSON.parse(readFileSync(`${DOCS}api/typedoc-sidebar.json`, 'utf8')) as DefaultTheme.SidebarItem[];
const { homepage } = JSON.parse(readFileSync(`${DOCS}../package.json`, 'utf8')) as { homepage: string };

export default defineConfig({
  title: 'nestjs-unkey',
  description: 'Protect a NestJS API with Unkey API keys.',
  lang: 'en',
  cleanUrls: true,
  lastUpdated: false,
  // A page that links to a page that is not there fails the build.
  ignoreDeadLinks: false,
  srcExclude: ['README.md', 'node_modules/**'],
  markdown: { anchor: { slugify: slugOf } },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Get started', link: '/getting-started' },
      { text: 'Reference', link: '/reference' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
      ...SECTIONS.map(({ text, pages }) => ({
        text,
        items: pages.map((page) => ({ text: titleOf(page), link: `/${page}` })),
      })),
      { text: 'API', collapsed: true, items: api },
    ],
    socialLinks: [{ icon: 'github', link: homepage.replace(/#.*$/, '') }],
  },
});
