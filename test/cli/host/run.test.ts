import { isInstalled, run } from '../../../src/cli/host/run';

test('reports both outputs line by line and keeps their end', async () => {
  const lines: string[] = [];
  const ran = await run(['sh', '-c', 'for i in $(seq 20); do echo $i; done; echo last >&2; exit 3'], {
    line: (line) => lines.push(line),
  });
  expect(ran.code).toBe(3);
  expect(ran.stdout.split('\n')).toHaveLength(21);
  expect(lines).toHaveLength(21);
  expect(ran.tail.split('\n')).toHaveLength(15);
});

test('adds variables to the existing ones', async () => {
  const { stdout } = await run(['sh', '-c', 'echo "$ADDED:$PATH"'], { environment: { ADDED: 'a b' } });
  expect(stdout).toBe(`a b:${process.env.PATH}\n`);
});

test('returns 127 for a missing program and 128 after a signal', async () => {
  expect((await run(['no-such-program-anywhere'])).code).toBe(127);
  expect((await run(['sh', '-c', 'kill -9 $$'])).code).toBe(128);
  expect(await isInstalled('sh')).toBe(true);
  expect(await isInstalled('no-such-program-anywhere')).toBe(false);
});
