// The emulator in a process of its own, so that its time and memory are its own; told what to do over IPC.
import { UnkeyEmulator } from '../dist/esm/testing/index.js';

const unkey = await UnkeyEmulator.start({ recordCalls: Number(process.env.RECORD_CALLS ?? 10_000) });
const keys = [];

const tasks = {
  async grow({ count, settings }) {
    while (keys.length < count) keys.push((await unkey.createKey(settings)).key);
    return { keys: keys.slice(-1000) };
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
