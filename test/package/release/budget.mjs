import { join } from 'node:path';
import { none } from '../checks.mjs';
import { installedSize } from './installed-size.mjs';

/**
 * What the package may weigh. The numbers are the figures of the day they were set, and a tenth more. A change that
 * needs more raises them here, and its commit says what it is spent on.
 */
export const BUDGET = {
  'tarball, kB': 680,
  'unpacked, kB': 4_200,
  'files in the tarball': 2_130,
  // With all dependencies, and without the peers: your app has those. Most of it is the SDK and undici.
  'installed, kB': 27_000,
  'packages installed': 10,
};

/** Prints the figures next to the budget. @throws Error that names what is too much */
export function checkBudget(packed, app) {
  const figures = figuresOf(packed, app);
  const rows = Object.entries(figures).map(([name, value]) => [name, { now: value, budget: BUDGET[name] }]);
  console.table(Object.fromEntries(rows));
  none(overBudget(figures, BUDGET), 'over the budget in test/package/release/budget.mjs');
}

/** The figures of a tarball and of an app that has installed it. 1 kB is 1000 bytes. */
export function figuresOf({ size, files }, app) {
  const installed = installedSize(join(app, 'node_modules/nestjs-unkey'));
  return {
    'tarball, kB': kilobytes(size),
    'unpacked, kB': kilobytes(files.reduce((sum, file) => sum + file.size, 0)),
    'files in the tarball': files.length,
    'installed, kB': kilobytes(installed.bytes),
    'packages installed': installed.packages,
  };
}

export function overBudget(figures, budget) {
  return Object.entries(budget)
    .filter(([name, most]) => !(figures[name] <= most))
    .map(([name, most]) => `${name}: ${figures[name]}, the budget is ${most}`);
}

const kilobytes = (bytes) => Math.ceil(bytes / 1000);
