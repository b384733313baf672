import { Writable } from 'node:stream';
import { deferred } from '../../src/lib/deferred';
import { consoleSink } from '../../src/telemetry/log-console';

test('lines that come together are written together, a record with its further lines indented', async () => {
  const written = deferred<string>();
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.resolve(chunk.toString());
      done();
    },
  });
  const sink = consoleSink(output);
  const line = { timeMs: 0, functionVersion: '$LATEST', logStream: 's' };
  sink({ ...line, functionName: 'hello', text: 'START' });
  sink({ ...line, functionName: 'other', text: 'first\nsecond' });
  expect(await written.promise).toBe('hello | START\nother | first\n    second\n');
});
