import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RegistryCredentials, registryOf } from '../../../../src/engine/docker/images/registry-credentials';
import { TemporaryFolder } from '../../../support/lib/temporary-folder';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(async () => {
  await folder[Symbol.asyncDispose]();
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function credentials(config: unknown): Promise<RegistryCredentials> {
  await writeFile(join(folder.path, 'config.json'), JSON.stringify(config));
  return new RegistryCredentials(folder.path, folder.path);
}

/** Knows one server; fails for others, as the real ones do. */
async function helper(name: string, server: string, answer: object): Promise<void> {
  const file = join(folder.path, `docker-credential-${name}`);
  const script = `#!/bin/sh\nread -r server\n[ "$server" = '${server}' ] || { echo "credentials not found"; exit 1; }\n`;
  await writeFile(file, `${script}echo '${JSON.stringify(answer)}'\n`);
  await chmod(file, 0o755);
}

test.each([
  ['hello', 'https://index.docker.io/v1/'],
  ['user/hello:1', 'https://index.docker.io/v1/'],
  ['docker.io/user/hello', 'https://index.docker.io/v1/'],
  ['localhost/hello', 'localhost'],
  ['127.0.0.1:5000/a/hello:1', '127.0.0.1:5000'],
  ['registry.example.com/hello@sha256:0', 'registry.example.com'],
])('the registry of %s is %s', (reference, registry) => {
  expect(registryOf(reference)).toBe(registry);
});

test('a login is found by the registry`s host, however it is written', async () => {
  const found = await credentials({
    auths: {
      'https://registry.example.com/v2/': { auth: base64('me:a:b') },
      'https://index.docker.io/v1/': { username: 'hub', password: 'secret' },
      'token.example.com': { identitytoken: 'abc' },
    },
  });
  expect(await found.forImage('registry.example.com/hello')).toEqual({
    username: 'me',
    password: 'a:b',
    serveraddress: 'registry.example.com',
  });
  expect(await found.forImage('hello')).toMatchObject({ username: 'hub', password: 'secret' });
  expect(await found.forImage('token.example.com/hello')).toMatchObject({ identitytoken: 'abc' });
  expect(await found.forImage('other.example.com/hello')).toBeUndefined();
});

test('prefers a helper of the registry to the store, and the store to the file', async () => {
  await helper('own', 'a.example.com', { ServerURL: '', Username: 'from-helper', Secret: '1' });
  await helper('store', 'b.example.com', { ServerURL: '', Username: '<token>', Secret: '2' });
  const found = await credentials({
    credsStore: 'store',
    credHelpers: { 'a.example.com': 'own' },
    auths: { 'b.example.com': { auth: base64('file:3') }, 'c.example.com': { auth: base64('file:4') } },
  });
  expect(await found.forImage('a.example.com/x')).toMatchObject({ username: 'from-helper', password: '1' });
  expect(await found.forImage('b.example.com/x')).toMatchObject({ identitytoken: '2' });
  expect(await found.forImage('c.example.com/x')).toMatchObject({ username: 'file', password: '4' });
  expect(Object.keys(await found.all()).sort()).toEqual(['a.example.com', 'c.example.com']);
});

test('a helper that does not exist, and a file that is not JSON, give no credentials', async () => {
  const found = await credentials({ credHelpers: { 'a.example.com': 'missing' } });
  expect(await found.forImage('a.example.com/x')).toBeUndefined();
  await writeFile(join(folder.path, 'config.json'), '{');
  expect(await found.forImage('a.example.com/x')).toBeUndefined();
  expect(await new RegistryCredentials(undefined).all()).toEqual({});
});
