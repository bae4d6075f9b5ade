import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { none } from '../checks.mjs';

/** @throws Error that lists the links */
export function checkLinks(files, root) {
  none(
    brokenLinks(files, (name) => existsSync(join(root, name))),
    'broken links',
  );
}

/**
 * The broken links of the Markdown files of the tarball, as `file: target`.
 *
 * - A link in `docs/` or the changelog must lead to a file in the tarball, because people read these files in
 *   `node_modules`. An anchor must be a heading of that file.
 * - A link in the README can also lead to another file of the repository: npm's page and GitHub show the README, and both
 *   resolve relative links against the repository.
 * - An image must be in the repository and have an alternative text. It need not be in the tarball, which would grow by
 *   100 kB for each screenshot: npm's page and GitHub load it from the repository, and an editor shows the text.
 *
 * @param isInRepository whether the repository has a file at this path
 */
export function brokenLinks(files, isInRepository) {
  const documents = files.filter(({ name }) => name.endsWith('.md'));
  const shipped = new Set(files.map(({ name }) => name));
  const anchors = new Map(documents.map(({ name, text }) => [name, anchorsOf(text)]));

  const isBroken = (from, { isImage, label, path, anchor }) => {
    const name = path === '' ? from : posix.join(posix.dirname(from), path);
    if (isImage) return label === '' || !isInRepository(name);
    if (!shipped.has(name)) return from !== 'README.md' || !isInRepository(name);
    return anchor !== undefined && anchors.get(name)?.has(anchor) === false;
  };
  return documents.flatMap(({ name, text }) =>
    relativeLinks(text)
      .filter((link) => isBroken(name, link))
      .map(({ target }) => `${name}: ${target}`),
  );
}

function relativeLinks(text) {
  const markdown = withoutCode(text);
  const all = (pattern, linkOf) => [...markdown.matchAll(pattern)].map(linkOf);
  return [
    // The label of a link can hold an image.
    ...all(/(?<!!)\[(?:[^\][]|\[[^\]]*\])*\]\(([^)\s]+)[^)]*\)/g, ([, target]) => ({
      isImage: false,
      target,
    })),
    ...all(/!\[([^\]]*)\]\(([^)\s]+)[^)]*\)/g, ([, label, target]) => ({ isImage: true, label, target })),
    ...all(/<img\b[^>]*?\bsrc="([^"]+)"[^>]*>/g, ([tag, target]) => ({
      isImage: true,
      label: altOf(tag),
      target,
    })),
    // A `source` of a `picture` takes the text of the `img` next to it.
    ...all(/<source\b[^>]*?\bsrcset="([^"\s]+)[^>]*>/g, ([, target]) => ({
      isImage: true,
      label: 'picture',
      target,
    })),
  ]
    .filter(({ target }) => !/^(?:https?:|mailto:)/.test(target))
    .map((link) => {
      const [path = '', anchor] = link.target.split('#');
      return { ...link, path: decodeURI(path), anchor };
    });
}

const altOf = (tag) => /\balt="([^"]*)"/.exec(tag)?.[1] ?? '';

/** The anchors of the headings, as GitHub makes them. */
function anchorsOf(text) {
  const seen = new Map();
  return new Set(
    [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
      const words = heading.trim().replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
      const anchor = words
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-');
      const count = seen.get(anchor) ?? 0;
      seen.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}

function withoutCode(text) {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, (code) => '`'.repeat(code.length));
}
