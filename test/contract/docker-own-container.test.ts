import { PassThrough } from 'node:stream';
import Docker from 'dockerode';
import { findOwnContainer, hostPathOf } from '../../src/engine/docker/own-container';
import { openDockerSubject } from './docker-subject';

jest.setTimeout(60_000);

test('finds its own container by its mounts, and the host paths of a volume and a folder', async () => {
  const subject = await openDockerSubject();
  const docker = new Docker();
  const volume = await docker.createVolume({ Name: subject.instance });
  const container = await docker.createContainer({
    Image: subject.image,
    Entrypoint: ['/bin/sh', '-c', 'cat /proc/self/mountinfo; exec sleep 600'],
    Labels: { 'lambdock.instance': subject.instance },
    HostConfig: {
      NetworkMode: 'none',
      Binds: [`${subject.instance}:/data`, `${subject.dataFolder}:/project:ro`],
    },
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true });
    const printed = new PassThrough();
    docker.modem.demuxStream(stream, printed, printed);
    await container.start();
    let mountInfo = '';
    // Every container's own files are mounted after what was asked for.
    for await (const chunk of printed) {
      mountInfo += chunk;
      if (/ \/etc\/hosts /.test(mountInfo)) break;
    }
    const own = await findOwnContainer(docker, { hostname: 'no-such', mountInfo, marked: false });
    expect(own?.id).toBe(container.id);
    const { Mountpoint } = await volume.inspect();
    expect(hostPathOf('/data/run/s1', own)).toBe(`${Mountpoint}/run/s1`);
    expect(hostPathOf('/project/code', own)).toBe(`${subject.dataFolder}/code`);
    expect(() => hostPathOf('/srv/code', own)).toThrow(/only in lambdock's own container/);
  } finally {
    await container.remove({ force: true });
    await volume.remove();
    await subject.close();
  }
});
