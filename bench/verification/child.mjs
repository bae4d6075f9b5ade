// A process of the bench that is controlled over IPC.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Runs a file in this folder. `ready` is its first message; `ask` sends a message and resolves with the reply. */
export async function startChild(file, args = []) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: ['--expose-gc'] });
  const answer = async () => {
    const ended = new AbortController();
    const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`${file} exited with code ${code} before it answered.`);
    });
    try {
      const [message] = await Promise.race([once(child, 'message', { signal: ended.signal }), exit]);
      return message;
    } finally {
      exit.catch(() => undefined);
      ended.abort();
    }
  };
  const ready = await answer();
  return {
    pid: child.pid,
    ready,
    ask(message) {
      child.send(message);
      return answer();
    },
    stop() {
      child.kill();
    },
  };
}
