// Where a process runs: on Linux with `taskset`, clients and upstream on the first processor, what is measured on the
// second. Left to the scheduler a server sometimes shares a processor with its client, and then costs a third less.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export const isPinned = availableParallelism() >= 2 && pin(process.pid, 0);

export function pinServer(pid) {
  if (isPinned) pin(pid, 1);
}

function pin(pid, cpu) {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(cpu), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
