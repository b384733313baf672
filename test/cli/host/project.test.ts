import { join } from 'node:path';
import { EngineClient } from '../../../src/cli/host/engine-client';
import { checkFolder, choosePort, emulatorContainer, projectName } from '../../../src/cli/host/project';
import { resolveSettings } from '../../../src/settings';
import { RecordingServer } from '../../support/clients/recording-server';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let folder: TemporaryFolder;
let api: RecordingServer;
let engine: EngineClient;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
  const socket = join(folder.path, 'engine.sock');
  api = await RecordingServer.start(socket);
  api.json(200, []);
  engine = new EngineClient(socket);
});

afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const settingsIn = (path: string, flags = {}, variables = {}) => resolveSettings(flags, variables, path);
const container = (labels: Record<string, string>, ports: readonly number[] = [], State = 'running') => ({
  Id: 'c1',
  State,
  Labels: labels,
  Ports: ports.map((PublicPort) => ({ PublicPort })),
});

test('two folders of the same name have different projects, and one folder always the same', () => {
  expect(projectName(settingsIn('/a/shop'))).toMatch(/^lambdock-shop-[0-9a-f]{8}$/);
  expect(projectName(settingsIn('/a/shop'))).toBe(projectName(settingsIn('/a/shop', { port: '9001' })));
  expect(projectName(settingsIn('/a/shop'))).not.toBe(projectName(settingsIn('/b/shop')));
});

test('a project of another folder is not replaced', async () => {
  api.json(200, [container({ 'lambdock.folder': '/a/shop' })]);
  const found = await emulatorContainer(engine, 'mine');
  expect(() => checkFolder('mine', found, settingsIn('/a/shop'))).not.toThrow();
  expect(() => checkFolder('mine', found, settingsIn('/b/shop'))).toThrow(
    'Project mine belongs to /a/shop, and "up" in /b/shop would replace it. Pass another name with --project, or --replace to take it over.',
  );
  expect(() => checkFolder('mine', undefined, settingsIn('/b/shop'))).not.toThrow();
});

test('the default port gives way to the next free one, with the folder that uses it', async () => {
  await using other = await RecordingServer.start();
  const settings = { ...settingsIn('/b/shop'), port: other.port };
  api.json(200, [container({ 'lambdock.folder': '/a/shop' }, [other.port])]);
  const { port, reason } = await choosePort(settings, engine, undefined);
  expect(port).toBeGreaterThan(other.port);
  expect(reason).toBe(`Port ${other.port} is in use by the lambdock of /a/shop: using port ${port}.`);
});

test('a port that is named and taken fails with the next step', async () => {
  await using other = await RecordingServer.start();
  const settings = settingsIn('/b/shop', { port: String(other.port) });
  await expect(choosePort(settings, engine, undefined)).rejects.toThrow(
    `Port ${other.port} is in use by another program. Stop it, or pass another port: --port ${other.port + 1}`,
  );
});

test('a running container keeps its port unless another one is named', async () => {
  const own = { id: 'c1', running: true, labels: {}, publishedPorts: [9042] };
  expect(await choosePort(settingsIn('/b/shop'), engine, own)).toEqual({ port: 9042 });
  await using other = await RecordingServer.start();
  const named = settingsIn('/b/shop', { port: String(other.port) });
  await expect(choosePort(named, engine, own)).rejects.toThrow('is in use');
  expect(await choosePort(named, engine, { ...own, publishedPorts: [other.port] })).toEqual({
    port: other.port,
  });
});

test('port 0 cannot be published', async () => {
  await expect(choosePort(settingsIn('/b', { port: '0' }), engine, undefined)).rejects.toThrow(
    'Port 0 cannot be published. Pass a port, e.g. --port 9000.',
  );
});
