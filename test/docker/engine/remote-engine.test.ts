import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { RunningCommand, runCommand } from '../../support/app/command';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(240_000);

const docker = new Docker();
const instance = `lambdock-test-remote-${process.pid}`;

/** The engine at an address of this machine that containers reach, as Docker in Docker is at another machine's. */
class RemoteEngine implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer({ allowHalfOpen: true }, (socket) => {
    // Containers reach the address, too, and must not reach the engine.
    if (socket.remoteAddress !== socket.localAddress) {
      socket.destroy();
      return;
    }
    const engine = connect({ path: '/var/run/docker.sock', allowHalfOpen: true });
    for (const [one, other] of [
      [socket, engine],
      [engine, socket],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });

  async listen(): Promise<string> {
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    const host = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
    if (host === undefined) throw new Error('This machine has no IPv4 address but the loopback one.');
    await new Promise<void>((resolve) => this.#server.listen(0, host, resolve));
    return `tcp://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

test('with DOCKER_HOST at another machine, start hosts functions, wait ends, and an edit is deployed', async () => {
  await using folder = await TemporaryFolder.make();
  const write = async (greeting: string) =>
    writeFile(
      join(folder.path, 'code', 'index.mjs'),
      `export const handler = async ({ name }) => '${greeting} ' + name;\n`,
    );
  await mkdir(join(folder.path, 'code'));
  await write('Hello');
  await writeFile(
    join(folder.path, 'lambdock.yaml'),
    'functions:\n  hello: { runtime: nodejs24.x, handler: index.handler, code: code, timeout: 20 }\n',
  );
  await using engine = new RemoteEngine();
  const options = { workingDirectory: folder.path, environment: { DOCKER_HOST: await engine.listen() } };
  await using command = new RunningCommand(['start', '--port', '0', '--instance', instance], options);
  await command.prints(/listening at/);
  expect(await runCommand(['wait', '--timeout', '180'], options)).toMatchObject({ code: 0 });
  const invoke = () => runCommand(['invoke', 'hello', '-p', '{"name":"x"}'], options);
  expect(await invoke()).toMatchObject({ code: 0, stdout: '"Hello x"\n' });
  await write('Goodbye');
  await command.prints(/index\.mjs changed → ready/);
  expect(await invoke()).toMatchObject({ code: 0, stdout: '"Goodbye x"\n' });
  command.signal('SIGTERM');
  expect(await command.ended).toMatchObject({ code: 0 });
  const label = [`lambdock.instance=${instance}`];
  expect(await docker.listContainers({ all: true, filters: { label } })).toEqual([]);
});
