import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { DockerSandbox } from '../../../src/engine/docker/docker-sandbox';
import { LinkedCopies } from '../../../src/engine/docker/linked-copies';
import { protocolVersion } from '../../../src/engine/init/frame-table';
import { encodeFrame } from '../../../src/engine/init/frames';
import { Gate } from '../../../src/engine/init/gate';
import { systemClock } from '../../../src/lib/clock';
import { Recorder } from '../../support/engine/recorder';
import { scriptedDockerApi } from '../../support/fakes/scripted-docker-api';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test('a connection goes to the listener, and ends without one', async () => {
  await using folder = await TemporaryFolder.make();
  await using api = await scriptedDockerApi({});
  const gate = await Gate.open({ transport: 'unix', folder: folder.path }, systemClock);
  const dial = (greeting: string, behind: Uint8Array = new Uint8Array()): Socket => {
    const socket = connect(join(folder.path, 'api.sock')).on('error', () => undefined);
    socket.write(Buffer.concat([Buffer.from(`${greeting}\n`), behind]));
    return socket;
  };
  const control = dial('control', encodeFrame('H', Buffer.from([protocolVersion, 1, 0, 0, 0, 1, 0])));
  try {
    const sandbox = new DockerSandbox({
      spec: { id: 'one', image: 'i', memoryMiB: 128, ephemeralStorageMiB: 512 },
      copies: new LinkedCopies(join(folder.path, '.copies'), systemClock),
      leftovers: { add: () => undefined },
      container: api.docker.getContainer('c1'),
      gate,
      connection: await gate.waiting(5_000),
      runFolder: folder.path,
      ended: new Promise(() => undefined),
      cpus: 2,
      engineAddress: 'unix:///x.sock',
      removed: () => undefined,
      making: { createMs: 0, startMs: 0, gateMs: 0 },
    });
    await once(dial('relay').resume(), 'close');
    const recorder = new Recorder();
    const connected = new Promise<void>((resolve) => {
      recorder.onConnected = (socket) => {
        socket.destroy();
        resolve();
      };
    });
    sandbox.listen(recorder);
    const later = dial('relay');
    await connected;
    later.destroy();
  } finally {
    control.destroy();
    await gate.close();
  }
});
