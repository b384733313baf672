import { once } from 'node:events';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import Docker from 'dockerode';
import { RunningApp } from '../support/app/running-app';
import { attack, hostile } from '../support/functions/hostile';

jest.setTimeout(180_000);

const docker = new Docker();

/** What becomes of a TCP connection from a Python function. */
const connecting = (host: string, port: number) => `
import socket
try:
    with socket.create_connection((${JSON.stringify(host)}, ${port}), 5): result = "reached"
except OSError as error: result = type(error).__name__
`;

/** Listens in the background of an environment and says at which address. */
const listening = `
import socket, threading
server = socket.create_server(("0.0.0.0", 8000))
threading.Thread(target=lambda: [server.accept() for _ in iter(int, 1)], daemon=True).start()
result = socket.gethostbyname(socket.gethostname())
`;

const unfrozen = { freeze: false };

test('functions of different names do not reach each other’s ports', async () => {
  await using app = await RunningApp.start({
    functions: { victim: hostile.python, attacker: hostile.python },
    flags: unfrozen,
  });
  const victim = String(await attack(app, 'victim', listening));
  expect(victim).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect(await attack(app, 'victim', connecting(victim, 8000))).toBe('reached');
  expect(await attack(app, 'attacker', connecting(victim, 8000))).not.toBe('reached');
});

test('with functionNetwork: shared they do', async () => {
  await using app = await RunningApp.start({
    functions: { victim: hostile.python, attacker: hostile.python },
    settings: { functionNetwork: 'shared' },
    flags: unfrozen,
  });
  const victim = String(await attack(app, 'victim', listening));
  expect(await attack(app, 'attacker', connecting(victim, 8000))).toBe('reached');
});

test('functions reach what listens on this machine, but not on its loopback', async () => {
  const open = createServer().listen(0, '0.0.0.0');
  const local = createServer().listen(0, '127.0.0.1');
  await Promise.all([once(open, 'listening'), once(local, 'listening')]);
  const portOf = (server: typeof open) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  try {
    await using app = await RunningApp.start({ functions: { attacker: hostile.python } });
    const host = 'host.docker.internal';
    expect(await attack(app, 'attacker', connecting(host, portOf(open)))).toBe('reached');
    expect(await attack(app, 'attacker', connecting(host, portOf(local)))).not.toBe('reached');
    expect(await attack(app, 'attacker', connecting('127.0.0.1', portOf(local)))).not.toBe('reached');
  } finally {
    open.close();
    local.close();
  }
});

/** Status of an operator route from a Node.js function. */
const asking = (address: string, method: string, path: string, headers = {}) => `
const { request } = await import('node:http');
return new Promise((resolve) => {
  const options = { method: '${method}', headers: ${JSON.stringify(headers)}, timeout: 5000 };
  const asked = request('${address}${path}', options, (answer) => { answer.resume(); resolve(answer.statusCode); });
  asked.on('timeout', () => asked.destroy(new Error('timeout')));
  asked.on('error', (error) => resolve(error.message));
  asked.end();
});
`;

const routes: readonly (readonly [string, string])[] = [
  ['GET', '/_lambdock/health'],
  ['GET', '/_lambdock/logs'],
  ['GET', '/_lambdock/environments'],
  ['POST', '/_lambdock/reload'],
  ['POST', '/_lambdock/functions/attacker/retire'],
];

test('operator routes refuse functions where lambdock listens at every address', async () => {
  await using app = await RunningApp.start({
    functions: { attacker: hostile.node },
    flags: { host: '0.0.0.0' },
  });
  const { port } = new URL(app.address);
  const gateway = networkInterfaces().docker0?.find(({ family }) => family === 'IPv4')?.address;
  for (const host of ['host.docker.internal', ...(gateway === undefined ? [] : [gateway])]) {
    const address = `http://${host}:${port}`;
    for (const [method, path] of routes) {
      const status = await attack(app, 'attacker', asking(address, method, path));
      expect([host, path, status]).toEqual([host, path, 403]);
      const forged = { Host: 'localhost', 'X-Forwarded-For': '127.0.0.1', Forwarded: 'for=127.0.0.1' };
      expect(await attack(app, 'attacker', asking(address, method, path, forged))).toBe(403);
    }
    // Functions may call the Lambda API.
    expect(await attack(app, 'attacker', asking(address, 'GET', '/2015-03-31/functions'))).toBe(200);
  }
});

test('the Runtime API’s address has no operator routes, however they are written', async () => {
  await using app = await RunningApp.start({ functions: { attacker: hostile.node } });
  const paths = [
    '/_lambdock/logs',
    '/_lambdock/code/../logs',
    '/_lambdock/code/%2e%2e/logs',
    '/_lambdock/code/..%2flogs',
    '//_lambdock/logs',
    '/_LAMBDOCK/logs',
    '/2015-03-31/../_lambdock/logs',
    '/_lambdock/code//../logs',
  ];
  for (const path of paths) {
    const code = `
const { connect } = await import('node:net');
return new Promise((resolve) => {
  const socket = connect(9001, '127.0.0.1');
  socket.on('data', (bytes) => { resolve(Number(String(bytes).slice(9, 12))); socket.destroy(); });
  socket.on('close', () => resolve(0));
  socket.write('GET ${path} HTTP/1.1\\r\\nHost: 127.0.0.1:9001\\r\\n\\r\\n');
});`;
    expect([path, await attack(app, 'attacker', code)]).toEqual([path, 404]);
  }
});

test('a sandbox reaches neither the engine’s socket nor its TCP port', async () => {
  await using app = await RunningApp.start({ functions: { attacker: hostile.python } });
  const sockets = `
import os, stat
found = []
for folder, _, names in os.walk("/", onerror=lambda error: None):
    if folder.startswith(("/proc", "/sys")): continue
    for name in names:
        path = os.path.join(folder, name)
        try:
            if stat.S_ISSOCK(os.lstat(path).st_mode): found.append(path)
        except OSError: pass
result = found
`;
  const found = (await attack(app, 'attacker', sockets)) as readonly string[];
  expect(found.filter((path) => !path.startsWith('/.lambdock/'))).toEqual([]);
  for (const port of [2375, 2376]) {
    expect(await attack(app, 'attacker', connecting('host.docker.internal', port))).not.toBe('reached');
  }
});

test('an instance has one network for functions, which its last lambdock removes', async () => {
  const networks = async (instance: string) =>
    (await docker.listNetworks({ filters: { label: [`lambdock.instance=${instance}`] } })).map(
      ({ Options }) => Options?.['com.docker.network.bridge.enable_icc'],
    );
  const app = await RunningApp.start({ functions: { attacker: hostile.python } });
  try {
    await app.invoke('attacker', { code: 'result = 1' });
    expect(await networks(app.instance)).toEqual(['false']);
  } finally {
    await app[Symbol.asyncDispose]();
  }
  expect(await networks(app.instance)).toEqual([]);
});
