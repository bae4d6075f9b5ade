/** How many checks passed and failed so far. */
const count = { passed: 0, failed: 0 };

/** One line for one check; a check that does not throw has passed. */
export async function check(what, test) {
  try {
    const result = await test();
    count.passed++;
    console.log(`ok      ${what}`);
    return result;
  } catch (error) {
    count.failed++;
    console.log(`FAILED  ${what}\n${String(error?.message ?? error).replace(/^/gm, '        ')}`);
    return undefined;
  }
}

/** @throws Error that lists what was found, unless nothing was */
export function none(found, what) {
  if (found.length > 0) throw new Error(`${what}:\n${found.join('\n')}`);
}

/** Prints how many checks passed and failed, and makes the process fail if one did. */
export function report() {
  console.log(`\n${count.passed} passed, ${count.failed} failed`);
  process.exitCode = count.failed === 0 ? 0 : 1;
}
