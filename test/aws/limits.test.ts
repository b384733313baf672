import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../src/aws/limits';

test('figures are the documented ones', () => {
  expect(limits.unzippedBytes).toBe(250 * 1024 * 1024);
  expect(limits.syncPayloadBytes).toBe(6 * 1024 * 1024 + 100);
  expect(limits.asyncPayloadBytes).toBe(1024 * 1024);
  expect(limits.memoryMiB).toEqual({ min: 128, max: 10_240, default: 128 });
  expect(limits.timeoutSeconds).toEqual({ min: 1, max: 900, default: 3 });
  expect(limits.ephemeralStorageMiB).toEqual({ min: 512, max: 10_240, default: 512 });
});

test('each figure names its page of the AWS documentation', () => {
  const source = readFileSync(join(__dirname, '../../src/aws/limits.ts'), 'utf8');
  for (const name of Object.keys(limits)) {
    const before = source.slice(0, source.indexOf(`\n  ${name}: `));
    const comment = before.slice(before.lastIndexOf('/**'));
    expect([name, comment.includes('https://docs.aws.amazon.com/lambda/'), comment.endsWith('*/')]).toEqual([
      name,
      true,
      true,
    ]);
  }
});
