// Writes the tables of docs/reference.md. With --check, it writes nothing and fails if the page is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { tables } from './reference/tables.mjs';

const page = fileURLToPath(new URL('../docs/reference.md', import.meta.url));

/** Returns the page with new content between the two markers of each table. */
export async function referencePage(text) {
  const made = tables();
  const missing = Object.keys(made).filter((name) => !text.includes(`<!-- table: ${name} -->`));
  if (missing.length > 0)
    throw new Error(`docs/reference.md has no place for the tables ${missing.join(', ')}`);
  const filled = text.replace(
    /(<!-- table: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, start, name, end) => `${start}\n${made[name] ?? ''}\n\n${end}`,
  );
  return format(filled, { ...(await resolveConfig(page)), filepath: page });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const now = readFileSync(page, 'utf8');
  const then = await referencePage(now);
  if (now !== then && process.argv.includes('--check')) {
    console.error('docs/reference.md is out of date: run npm run docs:reference.');
    process.exitCode = 1;
  } else writeFileSync(page, then);
}
