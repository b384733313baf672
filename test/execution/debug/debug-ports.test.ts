import { once } from 'node:events';
import { connect } from 'node:net';
import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Sandbox } from '../../../src/engine/engine';
import { DebugPorts } from '../../../src/execution/debug/debug-ports';
import { TestClock } from '../../support/fakes/test-clock';
import { aFunctionVersion } from '../../support/functions/function-versions';
import { freePort } from '../../support/lib/free-port';

/** Ports whose sandbox answers a dial with what `dial` gives. */
function portsOf(dial: (() => ReturnType<Sandbox['dial']>) | undefined, host = '127.0.0.1') {
  const said: string[] = [];
  const clock = new TestClock();
  const sandbox = dial && ({ dial } as Partial<Sandbox> as Sandbox);
  const ports = new DebugPorts(
    host,
    clock,
    async () => sandbox,
    (sentence) => said.push(sentence),
  );
  return { ports, said, clock };
}

const versionAt = (port: number, functionName = 'hello') =>
  aFunctionVersion({ functionName, debug: { port, language: 'node', wait: false } as never });

async function untilTrue(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}

test('connects a client to the debugger in the sandbox, and ends both together', async () => {
  const [inner, outer] = duplexPair();
  const { ports, said } = portsOf(async () => outer);
  const port = await freePort();
  await ports.serve(versionAt(port));
  expect(said).toEqual([`hello: a debugger can connect to 127.0.0.1:${port}`]);
  const client = connect(port, '127.0.0.1');
  client.write('ask');
  expect(String((await once(inner, 'data'))[0])).toBe('ask');
  inner.end('answer');
  expect(await text(client)).toBe('answer');
  ports.close();
});

test('dials again until the runtime has opened its debugger', async () => {
  const [inner, outer] = duplexPair();
  let tries = 0;
  const { ports, clock } = portsOf(async () => {
    tries += 1;
    if (tries < 3) throw new Error('refused');
    return outer;
  });
  const port = await freePort();
  await ports.serve(versionAt(port));
  const client = connect(port, '127.0.0.1');
  for (const wanted of [1, 2]) {
    await untilTrue(() => tries === wanted && clock.alarms.length === 1);
    clock.advance(50);
  }
  client.write('x');
  await once(inner, 'data');
  expect(tries).toBe(3);
  client.destroy();
  ports.close();
});

test('ends the connection of a client where the function has no sandbox', async () => {
  const { ports } = portsOf(undefined);
  const port = await freePort();
  await ports.serve(versionAt(port));
  await once(connect(port, '127.0.0.1'), 'close');
  ports.close();
});

test('says that a port is in use, and which one to pass instead', async () => {
  const { ports, said } = portsOf(undefined);
  const port = await freePort();
  await ports.serve(versionAt(port, 'one'));
  const other = portsOf(undefined);
  await other.ports.serve(versionAt(port, 'two'));
  expect(said).toHaveLength(1);
  expect(other.said).toEqual([
    `two: cannot open 127.0.0.1:${port} for its debugger: the port is in use. Pass another port: --debug two:${port + 1}`,
  ]);
  ports.close();
});

test('a version with another port, or without one, closes the port of the one before', async () => {
  const { ports, said } = portsOf(undefined, '0.0.0.0');
  const [first, second] = [await freePort(), await freePort()];
  await ports.serve(versionAt(first));
  await ports.serve(versionAt(first));
  await ports.serve(versionAt(second));
  expect(said).toEqual([first, second].map((port) => `hello: a debugger can connect to 127.0.0.1:${port}`));
  await ports.serve(aFunctionVersion());
  for (const port of [first, second]) {
    const [error] = await once(connect(port, '127.0.0.1'), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  }
  ports.close();
  await ports.serve(versionAt(first));
  expect(said).toHaveLength(2);
});
