import { PassThrough } from 'node:stream';
import { LogFollower } from '../../src/telemetry/log-follower';

const line = { timeMs: 0, functionName: 'f', functionVersion: '$LATEST', logStream: 's' };

test('holds a few MB at most for a follower that does not read, and says what it left out', async () => {
  const output = new PassThrough({ highWaterMark: 0 });
  const follower = new LogFollower(output, ({ text }) => `${text}\n`);
  const text = Array.from({ length: 1_000 }, () => 'x'.repeat(99)).join('\n');
  for (let count = 0; count < 100; count += 1) follower.send({ ...line, text, events: 1_000 });
  expect(output.writableLength).toBeLessThan(5 * 1024 * 1024);
  let read = '';
  output.on('data', (chunk) => {
    read += chunk;
  });
  while (output.writableLength > 0) await new Promise(setImmediate);
  const received = read.split('\n').length - 1;
  follower.send({ ...line, text: 'last' });
  await new Promise(setImmediate);
  expect(read.slice(-100)).toMatch(new RegExp(`… ${100_000 - received} lines left out.*\nlast\n$`));
});
