import { emptyApp, sharedApp } from '../support/app/shared-app';
import { RawConnection, rawStatus } from '../support/clients/raw-http';

jest.setTimeout(120_000);

const shared = sharedApp(() => emptyApp());
const functions = '/2015-03-31/functions';
const head = (length: number) =>
  `POST ${functions} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

test('bodies that do not end hold a bounded amount of memory together, and others are served', async () => {
  const before = process.memoryUsage().rss;
  const connections: RawConnection[] = [];
  const piece = Buffer.alloc(1024 * 1024, 0x20);
  try {
    for (let count = 0; count < 12; count += 1) {
      const connection = await RawConnection.open(shared.app.address);
      connections.push(connection);
      connection.write(head(70_000_000));
      for (let sent = 0; sent < 60; sent += 1) connection.write(piece);
    }
    // The first ones were cut off for the later ones.
    await connections[0]?.closed;
    const listed = await rawStatus(
      shared.app.address,
      `GET ${functions} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    expect(listed).toBe(200);
    const heldMB = (process.memoryUsage().rss - before) / 1024 / 1024;
    // The senders' buffers are this process's too.
    expect(heldMB).toBeLessThan(1_500);
  } finally {
    for (const connection of connections) connection[Symbol.dispose]();
  }
  expect((await fetch(`${shared.app.address}/_lambdock/health`)).status).toBe(200);
});

test.each([
  ['a length and chunks', `${head(3).trimEnd()}\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ['two lengths', head(3).replace('\r\n\r\n', '\r\nContent-Length: 30\r\n\r\n')],
  ['a negative length', head(-1)],
  [
    'a chunk without a size',
    `${head(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked')}zz\r\nabc`,
  ],
  ['headers of more than 16 KB', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`],
])('a request with %s is refused', async (_what, bytes) => {
  expect([400, 431]).toContain(await rawStatus(shared.app.address, bytes));
});

test('a body in many small chunks is read', async () => {
  const chunks = Array.from({ length: 2_000 }, () => '1\r\n \r\n').join('');
  const start = head(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked');
  expect(await rawStatus(shared.app.address, `${start}${chunks}2\r\n{}\r\n0\r\n\r\n`)).toBe(400);
});
