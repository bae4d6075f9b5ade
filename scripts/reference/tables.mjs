// Generates the tables of docs/reference.md from doc comments.
import { SUBPATHS } from '../entry-points.mjs';
import { exportsOf, membersOf } from './declarations.mjs';

const OPTIONS = 'src/options/unkey-options.ts';

/** Returns all tables by the name of their marker in the page. */
export function tables() {
  return {
    options: optionTable('UnkeyModuleOptions'),
    'module-options': optionTable('UnkeyModuleExtras'),
    breaker: optionTable('UnkeyBreakerOptions'),
    cache: optionTable('UnkeyCacheOptions'),
    decorators: decoratorTable(),
    'verified-key': memberTable('src/contracts/verified-key.ts', 'VerifiedKey'),
    identity: memberTable('src/contracts/verification.ts', 'VerifiedIdentity'),
    'ratelimit-state': memberTable('src/contracts/verification.ts', 'RatelimitState'),
    'verify-options': memberTable('src/contracts/verify-options.ts', 'VerifyOptions'),
    exports: exportTable('src/index.ts'),
    ...Object.fromEntries(SUBPATHS.map((name) => [`${name}-exports`, subpathTable(name)])),
  };
}

function optionTable(name) {
  const rows = membersOf(OPTIONS, name).map(({ name: option, text, tags }) => [
    code(option),
    tags.default === undefined ? 'none' : tags.default.includes('`') ? tags.default : code(tags.default),
    text,
  ]);
  return markdown(['option', 'default', 'what it does'], rows);
}

function memberTable(file, name) {
  const rows = membersOf(file, name).map((member) => [
    code(member.name),
    code(member.type.replace(/ \| undefined$/, '')) + (member.isOptional ? ', optional' : ''),
    member.text,
  ]);
  return markdown(['property', 'type', 'what it holds'], rows);
}

function decoratorTable() {
  const rows = exportsOf('src/index.ts')
    .filter(({ file, isType }) => file.endsWith('.decorator.ts') && !isType)
    .map(({ name, text }) => [code(`@${name}()`), text]);
  return markdown(['decorator', 'what it does'], rows);
}

function exportTable(file, without = []) {
  const left = new Set(without.map(({ name }) => name));
  const rows = exportsOf(file)
    .filter(({ name }) => !left.has(name))
    .map(({ name, isType, text }) => [code(name), isType ? 'type' : 'value', firstSentence(text)]);
  return markdown(['name', 'kind', 'what it is'], rows);
}

/** `nestjs-unkey/testing` exports the emulator too; its page says so. */
function subpathTable(name) {
  return exportTable(`src/${name}/index.ts`, name === 'testing' ? exportsOf('src/emulator/index.ts') : []);
}

function firstSentence(text) {
  const [line = ''] = text.split('\n');
  return /^.*?[.!](?=\s+[A-Z`@]|$)/.exec(line)?.[0] ?? line;
}

function code(text) {
  return `\`${text}\``;
}

function markdown(head, rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => cell.replaceAll('\n', ' ').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
