import { none } from '../checks.mjs';

/** @throws Error with one sentence for each fault */
export function checkChangelog(text, version, isPublish) {
  none(changelogFaults(text, version, isPublish), 'CHANGELOG.md');
}

/**
 * Between releases, changes are collected under `## Unreleased`, above the section of the version in package.json. To
 * publish, that section gets the new version as its name.
 */
export function changelogFaults(text, version, isPublish) {
  const sections = [...text.matchAll(/^## (.+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/gm)].map(
    ([, title, body]) => ({ title: title.trim(), isEmpty: !/^(?!#)\S/m.test(body) }),
  );
  const released = sections.filter(({ title }) => title !== 'Unreleased');
  const [newest] = released;
  const faults = sections
    .filter(({ isEmpty }) => isEmpty)
    .map(({ title }) => `\`## ${title}\` has no entry: add one, or remove the heading.`);
  if (isPublish && sections.length !== released.length) {
    faults.push(
      `\`## Unreleased\` is still there: rename it to \`## <new version>\`, and set that version in package.json.`,
    );
  }
  if (newest === undefined) {
    faults.push(`There is no \`## ${version}\`, the version in package.json: add the section.`);
  } else if (newest.title !== version) {
    faults.push(
      `The newest version is \`## ${newest.title}\`, but package.json has ${version}: make them the same.`,
    );
  }
  if (sections.findIndex(({ title }) => title === 'Unreleased') > 0) {
    faults.push('`## Unreleased` must be the first section: move it to the top.');
  }
  return faults;
}
