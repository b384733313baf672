import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineAddresses } from '../../../src/cli/host/engine-address';
import { TemporaryFolder } from '../../support/temporary-folder';

const runtimeFolder = '/run/user/1000';

async function chooseContext(homeFolder: string, name: string, host?: string): Promise<void> {
  const folder = join(homeFolder, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(homeFolder, '.docker/config.json'), JSON.stringify({ currentContext: name }));
  if (host === undefined) return;
  await writeFile(join(folder, 'meta.json'), JSON.stringify({ Endpoints: { docker: { Host: host } } }));
}

test('an engine that was named stands alone', async () => {
  await using home = await TemporaryFolder.make();
  await chooseContext(home.path, 'colima', 'unix:///colima.sock');
  const addresses = await engineAddresses({ host: 'tcp://there:2375', homeFolder: home.path, runtimeFolder });
  expect(addresses).toEqual([{ url: 'tcp://there:2375', source: 'DOCKER_HOST' }]);
});

test("the current context of Docker's command line comes next", async () => {
  await using home = await TemporaryFolder.make();
  await chooseContext(home.path, 'colima', 'unix:///colima.sock');
  const addresses = await engineAddresses({ homeFolder: home.path, runtimeFolder });
  expect(addresses).toEqual([{ url: 'unix:///colima.sock', source: 'docker context "colima"' }]);
});

test('a context that is not there names no engine, and no other is taken for it', async () => {
  await using home = await TemporaryFolder.make();
  await chooseContext(home.path, 'gone');
  expect(await engineAddresses({ homeFolder: home.path, runtimeFolder })).toEqual([]);
});

test.each(['', '{ not json', '{"currentContext":"default"}'])(
  'without a choice (config %j) the usual sockets are tried, the system one first',
  async (config) => {
    await using home = await TemporaryFolder.make();
    if (config !== '') {
      await mkdir(join(home.path, '.docker'));
      await writeFile(join(home.path, '.docker/config.json'), config);
    }
    const urls = (await engineAddresses({ homeFolder: home.path, runtimeFolder })).map(({ url }) => url);
    expect(urls[0]).toBe('unix:///var/run/docker.sock');
    expect(urls).toContain(`unix://${home.path}/.docker/run/docker.sock`);
    expect(urls).toContain('unix:///run/user/1000/podman/podman.sock');
  },
);
