// Runs the emulator in its own process, so that its CPU time and memory can be measured. Controlled over IPC.
import { UnkeyEmulator } from '../dist/esm/emulator/unkey-emulator.js';

const unkey = await UnkeyEmulator.start({ recordCalls: Number(process.env.RECORD_CALLS ?? 10_000) });
let made = 0;

const tasks = {
  /** Creates keys until there are `count`, and returns the last 50 of them. */
  async grow({ count, settings }) {
    const keys = [];
    for (; made < count; made++) {
      const { key } = await unkey.createKey(settings);
      if (made >= count - 50) keys.push(key);
    }
    return { keys };
  },
  memory() {
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heap: heapUsed + external };
  },
  cpu() {
    const { user, system } = process.cpuUsage();
    return { microseconds: user + system };
  },
};

process.on('message', ({ task, ...details }) => {
  void Promise.resolve(tasks[task](details)).then((answer) => process.send(answer));
});
process.send({ url: unkey.url, rootKey: unkey.rootKey });
