import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { check, none } from './checks.mjs';

/** package.json alone says where the project lives; a link elsewhere has to lead to the same place. */
export async function checkAddresses(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { repository, homepage, bugs, author } = manifest;
  const address = String(repository?.url).replace(/^git\+|\.git$/g, '');
  await check('homepage, bugs and author in package.json lead to its repository', () => {
    none(
      Object.entries({ homepage, bugs: bugs?.url, author })
        .filter(([, value]) => !String(value).includes(address))
        .map(([field, value]) => `${field}: ${value}`),
      `not at ${address}`,
    );
  });
  await check('the documents name no other repository of this project', () => {
    const documents = [
      'README.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      ...markdown(root, 'docs'),
      ...markdown(root, 'sample-app'),
    ];
    const named = new RegExp(`[\\w.:/-]*github[\\w.:/-]*/${manifest.name}\\b`, 'g');
    none(
      documents.flatMap((file) =>
        [...readFileSync(join(root, file), 'utf8').matchAll(named)]
          .filter(([url]) => !url.endsWith(address.replace('https://', '')))
          .map(([url]) => `${file}: ${url}`),
      ),
      `not at ${address}`,
    );
  });
}

function markdown(root, folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => join(folder, name));
}
