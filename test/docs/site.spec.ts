import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SECTIONS, titleOf } from '../../docs/.vitepress/pages.mjs';
import { slugOf } from '../../docs/.vitepress/slug.mjs';
import { codeBlocks, DOCUMENTS, PAGES, ROOT } from './markdown.js';

const textOf = (document: string) => readFileSync(ROOT + document, 'utf8');
/** The prose of a document: what looks like a link or a heading in a code block is none. */
const proseOf = (document: string) => textOf(document).replace(/^```[\s\S]*?^```$/gm, '');

describe('the sidebar', () => {
  const listed = SECTIONS.flatMap(({ pages }) => pages);

  it('lists every page exactly once', () => {
    const names = PAGES.filter((page) => page !== 'docs/index.md').map((page) => page.slice(5, -3));
    expect(listed.toSorted()).toEqual(names.toSorted());
  });

  it('gives every page a title of its own', () => {
    const titles = listed.map(titleOf);
    expect(titles).toHaveLength(new Set(titles).size);
  });
});

describe('every page says what to install, near its top', () => {
  /** What a new Nest app has, and what comes with this package. */
  const INCLUDED =
    /^(\.|node:|nestjs-unkey(\/|$)|@nestjs\/(common|core|platform-express|testing)$|rxjs$|reflect-metadata$|@unkey\/api(\/|$))/;

  it.each(PAGES)('%s', (page) => {
    const imported = codeBlocks(page)
      .filter(({ language }) => language === 'ts')
      .flatMap(({ code }) => [...code.matchAll(/(?:from|import) '([^']+)'/g)].map(([, name = '']) => name))
      .filter((name) => !INCLUDED.test(name));
    const [intro = ''] = textOf(page).split(/^## /m);
    const [, install = ''] = /^\*\*Install:\*\*([\s\S]*?)\n\n/m.exec(intro) ?? [];
    const missing = [...new Set(imported)].filter((name) => !install.includes(packageOf(name)));
    expect(missing).toEqual([]);
  });

  function packageOf(specifier: string): string {
    return specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
  }
});

describe('every link inside the project leads to a file and to a heading in it', () => {
  it.each(DOCUMENTS)('%s', (document) => {
    const links = [...proseOf(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    const dead = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? document : relative(ROOT, join(ROOT, dirname(document), path));
      if (!existsSync(ROOT + target)) return true;
      return anchor !== undefined && !anchorsOf(target).has(decodeURIComponent(anchor));
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  it('in the links of the home page too', () => {
    const links = [...textOf('docs/index.md').matchAll(/link: \/([\w-]+)/g)].map(
      ([, name]) => `docs/${name}.md`,
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(ROOT + link))).toEqual([]);
  });

  function anchorsOf(document: string): Set<string> {
    const headings = [...proseOf(document).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
      slugOf(heading),
    );
    // A heading that stands twice gets a number, on GitHub and on the site.
    const seen = new Map<string, number>();
    return new Set(
      headings.map((slug) => {
        const before = seen.get(slug) ?? 0;
        seen.set(slug, before + 1);
        return before === 0 ? slug : `${slug}-${before}`;
      }),
    );
  }
});
