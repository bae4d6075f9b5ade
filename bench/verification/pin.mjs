// Pins processes on Linux with `taskset`: load generator and upstream to the first processor, the apps to the second.
// Without it, a server sometimes shares a processor with its client, and a request then costs a third less.
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
