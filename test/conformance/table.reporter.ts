import type { Reporter, TestModule } from 'vitest/node';

/** Prints how much of each scenario the emulator answered as Unkey's server did. */
export default class ConformanceTable implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const rows = modules
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => test.meta().conformance)
      .filter((row) => row !== undefined);
    const width = Math.max(...rows.map(({ scenario }) => scenario.length));
    const total = {
      scenario: 'all',
      answers: rows.reduce((sum, { answers }) => sum + answers, 0),
      matches: rows.reduce((sum, { matches }) => sum + matches, 0),
    };
    const lines = [...rows, total].map(
      ({ scenario, answers, matches }) =>
        `${scenario.padEnd(width)}  ${String(answers).padStart(7)}  ${String(matches).padStart(7)}`,
    );
    process.stdout.write(
      `\n${['scenario'.padEnd(width), 'answers', 'matches'].join('  ')}\n${lines.join('\n')}\n`,
    );
  }
}
