import type { AuditDemands, AuditEntry } from '../contracts/audit-entry.js';
import type { Paint } from '../contracts/audit-preview.js';

/** How wide a table is at most, unless one cell alone is wider. */
const WIDTH = 100;

/** One problem in one line: handler, what it is called by, why, cure. */
export function problemLine({ handler, pattern, problem, reason, cure }: AuditEntry): string {
  return `${handler} (${pattern}): ${problem}. ${reason} ${cure}`;
}

/** The table and the problems below it. */
export function auditText(entries: readonly AuditEntry[], paint: Paint = (_, text) => text): string {
  if (entries.length === 0) return 'This app has no handlers.';
  const rows = entries.map((entry) => [
    entry.problem === undefined ? ' ' : '!',
    entry.access,
    entry.pattern,
    entry.handler,
    guardText(entry),
    demandsText(entry.demands),
  ]);
  const [head = '', ...lines] = aligned([[' ', 'access', 'pattern', 'handler', 'by', 'demands'], ...rows]);
  const painted = lines.map((line, index) => paint(styleOf(entries[index]), line));
  const problems = entries.filter(({ problem }) => problem !== undefined);
  return [
    paint('bold', head),
    ...painted,
    ...(problems.length === 0 ? [] : ['', paint('bold', counted(problems.length))]),
    ...problems.flatMap((entry) => ['', ...problemLines(entry, paint)]),
  ].join('\n');
}

function problemLines({ handler, pattern, problem, reason, cure }: AuditEntry, paint: Paint): string[] {
  return [paint('red', `! ${handler} (${pattern}): ${problem}`), `  ${reason}`, `  ${cure}`];
}

function counted(problems: number): string {
  return problems === 1 ? '1 problem' : `${problems} problems`;
}

function styleOf(entry: AuditEntry | undefined): Parameters<Paint>[0] {
  if (entry?.problem !== undefined) return 'red';
  if (entry?.access === 'protected') return 'green';
  return entry?.access === 'unguarded' ? 'dim' : 'yellow';
}

function demandsText({ permissions, credits, ratelimits = [] }: AuditDemands = {}): string {
  return [
    permissions ?? '',
    credits === undefined ? '' : `credits ${credits}`,
    ratelimits.length === 0 ? '' : `limits ${ratelimits.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** What decides, with the name of the instance that verifies the key. */
function guardText({ by, instance }: AuditEntry): string {
  return [by ?? [], instance === undefined ? [] : `(${instance})`].flat().join(' ');
}

/**
 * Rows as lines, every column as wide as its longest cell. A last cell that does not fit is written on the next line.
 */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((width, row) => Math.max(width, (row[column] ?? '').length), 0),
  );
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map((row) => {
    const line = lineOf(row);
    // Below the third column, behind the two narrow ones.
    return line.length <= WIDTH ? line : `${lineOf(row.slice(0, -1))}\n${lineOf(['', '', row.at(-1) ?? ''])}`;
  });
}
