import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pack } from '../pack.mjs';
import { filesIn } from '../packed.mjs';
import { run } from '../run.mjs';
import { BUDGET, figuresOf, overBudget } from './budget.mjs';
import { changelogFaults } from './changelog.mjs';
import { installedSize } from './installed-size.mjs';
import { brokenLinks } from './links.mjs';
import { checkReproducible, differingFiles } from './reproducible.mjs';
import { secretsIn } from './secrets.mjs';

/** A temporary folder with these files, by their paths. */
function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-unkey-release-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const filesOf = (files: Record<string, string>) => filesIn(folderWith(files));

describe('the changelog has the version of package.json', () => {
  const released = '## 0.2.0\n\n- A change.\n\n## 0.1.0\n\nFirst release.\n';
  const unreleased = `## Unreleased\n\n### Added\n\n- A change.\n\n${released}`;

  it.each([
    ['a released version', released, false],
    ['changes since the released version', unreleased, false],
    ['a version to publish', released, true],
  ])('accepts %s', (_, text, isPublish) => {
    expect(changelogFaults(`# Changelog\n\n${text}`, '0.2.0', isPublish)).toEqual([]);
  });

  it.each([
    [
      'a version of package.json that it does not have',
      unreleased,
      '0.3.0',
      false,
      'The newest version is `## 0.2.0`, but package.json has 0.3.0: make them the same.',
    ],
    [
      'a version that package.json does not have yet',
      released,
      '0.1.0',
      false,
      'The newest version is `## 0.2.0`, but package.json has 0.1.0: make them the same.',
    ],
    [
      'unreleased changes at publishing',
      unreleased,
      '0.2.0',
      true,
      '`## Unreleased` is still there: rename it to `## <new version>`, and set that version in package.json.',
    ],
    [
      'no version at all',
      '## Unreleased\n\n- A change.\n',
      '0.1.0',
      false,
      'There is no `## 0.1.0`, the version in package.json: add the section.',
    ],
    [
      'a section without entries',
      `## Unreleased\n\n### Added\n\n${released}`,
      '0.2.0',
      false,
      '`## Unreleased` has no entry: add one, or remove the heading.',
    ],
    [
      'unreleased changes below a version',
      `${released}\n## Unreleased\n\n- A change.\n`,
      '0.2.0',
      false,
      '`## Unreleased` must be the first section: move it to the top.',
    ],
  ])('rejects %s', (_, text, version, isPublish, fault) => {
    expect(changelogFaults(`# Changelog\n\n${text}`, version, isPublish)).toEqual([fault]);
  });
});

describe('the tarball has no secrets', () => {
  const folders = ['/srv/checkout', '/tmp', '/home'];
  const secrets = (files: Record<string, string>, registry?: string) =>
    secretsIn(filesOf(files), folders, registry);

  // Put together here, so that scanners of this repository find nothing.
  it.each([
    ['an Unkey root key', `unkey_${'3ZaB9k'.repeat(4)}`],
    ['an npm token', `npm_${'aB3'.repeat(12)}`],
    ['an npm token', '//registry.npmjs.org/:_authToken=${TOKEN}'],
    ['a GitHub token', `ghp_${'aB3'.repeat(12)}`],
    ['an AWS access key', `AKIA${'ABCD'.repeat(4)}`],
    ['a private key', `-----BEGIN RSA ${'PRIVATE'} KEY-----`],
    ['a JSON Web Token', `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(30)}`],
    ['a URL with a password', `https://me:${'pass'}word@example.com/`],
    ['a path of a machine', '"/srv/checkout/src/index.ts"'],
    ['a path of a machine', 'file:///anywhere/index.ts'],
    ['the host of a private registry', 'https://npm.registry.acme.example/left-pad'],
    ['the host of a private registry', 'https://artifactory.acme.example/api/npm'],
  ])('%s in a file: %s', (kind, text) => {
    expect(secrets({ 'dist/esm/index.js': `// first line\n${text}\n` })).toEqual([
      `dist/esm/index.js:2: ${kind}`,
    ]);
  });

  it('the registry of this machine', () => {
    const files = { 'README.md': 'from http://packages.acme.example:8080/x' };
    expect(secrets(files)).toEqual([]);
    expect(secrets(files, 'http://packages.acme.example:8080/npm/')).toEqual([
      'README.md:1: the host of a private registry',
    ]);
  });

  it.each(['.env', '.env.local', 'dist/.npmrc', 'certificate.pem', '.git/config'])('no file %s', (name) => {
    expect(secrets({ [name]: '' })).toEqual([`${name}: must not be published`]);
  });

  it.each([
    'UNKEY_ROOT_KEY=unkey_...',
    'unkey_dev_root_key',
    './home/index.js',
    'https://registry.npmjs.org/nestjs-unkey',
    'http://127.0.0.1:3001',
  ])('accepts %s', (text) => {
    expect(secrets({ 'README.md': text }, 'https://registry.npmjs.org/')).toEqual([]);
  });
});

describe('links of the shipped documents lead somewhere', () => {
  const inRepository = ['CONTRIBUTING.md', 'docs/images/page.png'];
  const broken = (files: Record<string, string>) =>
    brokenLinks(filesOf(files), (name: string) => inRepository.includes(name));

  it('accepts links to shipped files and their headings, and images of the repository', () => {
    expect(
      broken({
        'README.md':
          '[a](docs/a.md#the-page) [b](CONTRIBUTING.md) [c](https://example.com/x.md) ![d](docs/images/page.png)',
        'docs/a.md': '# A\n\n[up](../README.md) [`the` page](#the-page-1)\n\n## The page\n\n## `The` page\n',
      }),
    ).toEqual([]);
  });

  it.each([
    ['README.md', '[a](docs/missing.md)', 'docs/missing.md'],
    ['README.md', '[a](docs/a.md#missing)', 'docs/a.md#missing'],
    ['README.md', '![a](docs/images/missing.png)', 'docs/images/missing.png'],
    ['README.md', '![](docs/images/page.png)', 'docs/images/page.png'],
    ['README.md', '<img src="missing.png" alt="A page">', 'missing.png'],
    ['docs/b.md', '[a](../CONTRIBUTING.md)', '../CONTRIBUTING.md'],
    ['docs/b.md', '[a](#missing)', '#missing'],
    ['docs/b.md', '[![an image](images/page.png)](missing.md)', 'missing.md'],
    ['docs/b.md', '[![an image](images/missing.png)](a.md)', 'images/missing.png'],
    ['README.md', '<picture><source srcset="dark.png 2x"></picture>', 'dark.png'],
    ['CHANGELOG.md', '[a](src/index.ts)', 'src/index.ts'],
  ])('in %s, rejects %s', (name, text, target) => {
    expect(broken({ 'docs/a.md': '# A\n', [name]: `# Title\n\n${text}\n` })).toEqual([`${name}: ${target}`]);
  });

  it('ignores code', () => {
    expect(broken({ 'README.md': '`[a](b.md)`\n\n```md\n[a](b.md)\n```\n' })).toEqual([]);
  });
});

describe('a build in another folder packs to the same tarball', () => {
  /** Packs a small package whose build runs `build`, as `release:check` packs this one, and compares it with a copy. */
  async function compare(build: string): Promise<void> {
    const root = folderWith({
      'package.json': JSON.stringify({
        name: 'small',
        version: '1.0.0',
        type: 'module',
        files: ['dist'],
        scripts: { prepack: 'node build.js' },
      }),
      'build.js': `import { mkdirSync, statSync, writeFileSync } from 'node:fs';
        mkdirSync('dist', { recursive: true });
        writeFileSync('dist/index.js', ${build});
        writeFileSync('dist/other.js', 'other');`,
      'src/index.ts': '',
      'node_modules/.keep': '',
    });
    const work = folderWith({});
    const tarball = await pack(root, work);
    await run('tar', ['-xzf', tarball, '-C', work]);
    await checkReproducible({ tarball, files: filesIn(join(work, 'package')), work }, root);
  }

  it('accepts a build that depends on its sources alone', async () => {
    await expect(compare("'export {};'")).resolves.toBeUndefined();
  });

  it.each([
    ['the folder', 'process.cwd()'],
    ['the time of a source file', "String(statSync('src/index.ts').mtimeMs)"],
    ['chance', 'crypto.randomUUID()'],
  ])('rejects a build that depends on %s, and names the file', async (_, build) => {
    await expect(compare(build)).rejects.toThrow(/^the tarballs differ:\ndist\/index\.js$/);
  });

  it('names the files that only one build has', () => {
    const one = filesOf({ 'a.js': 'a', 'c.js': 'c' });
    expect(differingFiles(one, filesOf({ 'a.js': 'a', 'd.js': 'd' }))).toEqual(['c.js', 'd.js']);
  });
});

describe('sizes are within the budget', () => {
  const manifest = (name: string, dependencies = {}) => JSON.stringify({ name, dependencies });
  const app = () =>
    folderWith({
      'node_modules/nestjs-unkey/package.json': manifest('nestjs-unkey', { a: '1', b: '1' }),
      'node_modules/nestjs-unkey/node_modules/b/package.json': manifest('b', { a: '1' }),
      'node_modules/a/package.json': manifest('a', { c: '1' }),
      'node_modules/a/big.js': 'x'.repeat(5000),
      'node_modules/c/package.json': manifest('c', { a: '1' }),
      'node_modules/unrelated/package.json': manifest('unrelated'),
      'node_modules/unrelated/big.js': 'x'.repeat(100_000),
    });

  it('counts every package that the package needs once, nested ones too, and no other', () => {
    const { bytes, packages } = installedSize(join(app(), 'node_modules/nestjs-unkey'));
    expect(packages).toBe(4);
    expect(bytes).toBeGreaterThan(5000);
    expect(bytes).toBeLessThan(6000);
  });

  it('says which dependency is not installed', () => {
    const folder = folderWith({ 'package.json': manifest('nestjs-unkey', { 'no-such-package': '1' }) });
    expect(() => installedSize(folder)).toThrow(
      'no-such-package, which nestjs-unkey needs, is not installed',
    );
  });

  it('follows the links of a workspace or of pnpm', () => {
    const folder = app();
    mkdirSync(join(folder, 'linked'));
    symlinkSync(join(folder, 'node_modules/nestjs-unkey'), join(folder, 'linked/nestjs-unkey'));
    expect(installedSize(join(folder, 'linked/nestjs-unkey')).packages).toBe(4);
  });

  it('has a limit for every figure, and names each that is exceeded', () => {
    const figures = figuresOf({ size: 1, files: [] }, app());
    expect(Object.keys(BUDGET)).toEqual(Object.keys(figures));
    expect(overBudget(figures, BUDGET)).toEqual([]);
    expect(overBudget({ ...figures, 'tarball, kB': 10_000 }, BUDGET)).toEqual([
      `tarball, kB: 10000, the budget is ${BUDGET['tarball, kB']}`,
    ]);
  });

  it('does not accept a figure that is missing', () => {
    expect(overBudget({}, { 'tarball, kB': 1 })).toEqual(['tarball, kB: undefined, the budget is 1']);
  });
});
