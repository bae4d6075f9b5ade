import { ENTRY_FILES } from '../scripts/entry-points.mjs';

/** The API pages of the site: every export of every entry point, from the doc comments. */
export default {
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  // The emulator before `testing`, which exports it too: a name is documented where it is found first.
  entryPoints: ENTRY_FILES.toSorted((a, b) => rank(a) - rank(b)).map((file) => `../src/${file}.ts`),
  tsconfig: '../tsconfig.json',
  out: 'api',
  docsRoot: '.',
  readme: 'none',
  name: 'API',
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  hideBreadcrumbs: true,
  // `npm run typecheck` checks the sources.
  skipErrorChecking: true,
  // Types that only the signatures of internal constructors name.
  validation: { notExported: false },
};

function rank(file) {
  return file.startsWith('testing/') ? 1 : 0;
}
