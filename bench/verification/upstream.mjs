// Replaces Unkey with a server that returns `VALID` for every key at almost no cost, so that only the client is measured.
import { createServer } from 'node:net';

const body = JSON.stringify({
  meta: { requestId: 'req_bench1234' },
  data: {
    valid: true,
    code: 'VALID',
    keyId: 'key_bench1234',
    enabled: true,
    name: 'bench',
    meta: { plan: 'pro' },
    permissions: ['documents.read'],
    identity: { id: 'id_bench1234', externalId: 'user_7' },
  },
});
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);

let calls = 0;
const server = createServer((socket) => {
  socket.setNoDelay(true);
  let text = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const head = text.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
      if (text.length < head + 4 + length) return;
      text = text.slice(head + 4 + length);
      calls += 1;
      socket.write(answer);
    }
  });
});
process.on('message', () => process.send({ calls }));
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
