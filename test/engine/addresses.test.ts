import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineAddresses } from '../../src/engine/addresses';
import { TemporaryFolder } from '../support/lib/temporary-folder';

let home: TemporaryFolder;

beforeEach(async () => {
  home = await TemporaryFolder.make();
});

afterEach(() => home[Symbol.asyncDispose]());

const hints = () => ({ platform: 'linux' as const, homeFolder: home.path, runtimeFolder: '/run/user/1000' });
const hash = (name: string) => createHash('sha256').update(name).digest('hex');

async function makeContext(name: string, host: string): Promise<void> {
  const folder = join(home.path, '.docker/contexts/meta', hash(name));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'meta.json'), JSON.stringify({ Endpoints: { docker: { Host: host } } }));
}

async function useContext(name: string): Promise<void> {
  await mkdir(join(home.path, '.docker'), { recursive: true });
  await writeFile(join(home.path, '.docker/config.json'), JSON.stringify({ currentContext: name }));
}

test('a given address excludes all others', async () => {
  await makeContext('colima', 'unix:///colima.sock');
  await useContext('colima');
  expect(engineAddresses({ ...hints(), host: 'tcp://box:2375', context: 'colima' })).toEqual([
    { url: 'tcp://box:2375', source: 'DOCKER_HOST' },
  ]);
});

test("the context of DOCKER_CONTEXT wins over the current one of Docker's command line", async () => {
  await makeContext('colima', 'unix:///colima.sock');
  await makeContext('desktop-linux', 'unix:///desktop.sock');
  await useContext('colima');
  expect(engineAddresses(hints())).toEqual([{ url: 'unix:///colima.sock', source: 'Docker context colima' }]);
  expect(engineAddresses({ ...hints(), context: 'desktop-linux' })).toEqual([
    { url: 'unix:///desktop.sock', source: 'Docker context desktop-linux' },
  ]);
});

test('a context includes its certificates', async () => {
  await makeContext('remote', 'tcp://box:2376');
  const tlsFolder = join(home.path, '.docker/contexts/tls', hash('remote'), 'docker');
  await mkdir(tlsFolder, { recursive: true });
  expect(engineAddresses({ ...hints(), context: 'remote' })).toEqual([
    { url: 'tcp://box:2376', source: 'Docker context remote', tlsFolder },
  ]);
});

test('fails for an unknown context, and takes no other engine instead', async () => {
  await useContext('gone');
  expect(() => engineAddresses(hints())).toThrow(
    'The Docker context gone does not exist or names no engine. Choose another one: docker context use default',
  );
});

test.each(['', '{ not json', '{"currentContext":"default"}'])(
  'without a choice (config %j) the sockets of all engines are tried, the system one first',
  async (config) => {
    if (config !== '') {
      await mkdir(join(home.path, '.docker'));
      await writeFile(join(home.path, '.docker/config.json'), config);
    }
    const urls = engineAddresses(hints()).map(({ url }) => url.replace(`unix://${home.path}`, '~'));
    expect(urls[0]).toBe('unix:///var/run/docker.sock');
    expect(urls).toEqual(
      expect.arrayContaining([
        '~/.docker/run/docker.sock',
        '~/.docker/desktop/docker.sock',
        '~/.orbstack/run/docker.sock',
        '~/.colima/default/docker.sock',
        '~/.rd/docker.sock',
        'unix:///run/user/1000/docker.sock',
        'unix:///run/user/1000/podman/podman.sock',
        '~/.local/share/containers/podman/machine/podman.sock',
        'unix:///run/podman/podman.sock',
      ]),
    );
  },
);

test('on Windows the named pipes of Docker and of Podman are tried', () => {
  expect(engineAddresses({ platform: 'win32' })).toEqual([
    { url: 'npipe:////./pipe/docker_engine', source: '//./pipe/docker_engine' },
    { url: 'npipe:////./pipe/podman-machine-default', source: '//./pipe/podman-machine-default' },
  ]);
});
