import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The pages of the site. They ship with the package. */
export const PAGES = readdirSync(`${ROOT}docs`)
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

/** The documents whose code and tables are held to what the package does. */
export const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'sample-app/README.md',
  'bench/README.md',
  ...PAGES,
];

export interface CodeBlock {
  /** Where it stands, as an editor takes it. */
  at: string;
  language: string;
  code: string;
}

export function codeBlocks(document: string): CodeBlock[] {
  const text = readFileSync(ROOT + document, 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: language = '', 2: code = '', index }) => ({
      at: `${document}:${text.slice(0, index).split('\n').length}`,
      language,
      code,
    }),
  );
}

/** The rows of the first table under a heading, each cell without its marks. */
export function table(document: string, heading: string): string[][] {
  const text = readFileSync(ROOT + document, 'utf8');
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const [, , ...rows] = /(?:^\|.*\n)+/m.exec(section)?.[0].trim().split('\n') ?? [];
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
