import { runCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(600_000);

let app: RunningApp;

beforeAll(async () => {
  const own = { runtime: 'provided.al2023', handler: 'any', memorySize: 256, timeout: 30 };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      rust: { ...own, code: functionsFolder('rust'), build: 'cargo' },
      java: {
        ...{ runtime: 'java17', handler: 'example.Greeting', memorySize: 512, timeout: 60 },
        ...{ code: functionsFolder('maven'), build: 'maven' },
      },
    },
  });
});

afterAll(() => app?.[Symbol.asyncDispose]());

test('lambdock.yaml builds a crate of Rust', async () => {
  expect((await app.invoke('rust', { n: 1 })).payload).toEqual({ language: 'rust', event: { n: 1 } });
});

test('lambdock.yaml builds a project of Maven', async () => {
  expect((await app.invoke('java', 'Ada')).payload).toBe('Hello, Ada');
});

test('deploy finds Go, builds it for Lambda, and updates it', async () => {
  const words = ['deploy', functionsFolder('go'), '--endpoint', app.address];
  const created = await runCommand([...words, '--name', 'gopher']);
  expect(created.stderr).toMatch(
    /Using the runtime provided\.al2023, the handler bootstrap \(it has go\.mod\)\. Change it with/,
  );
  expect(created.stdout).toMatch(/function:gopher is active/);
  expect((await app.invoke('gopher', [1])).payload).toEqual({
    language: 'go',
    handler: 'bootstrap',
    event: [1],
  });
  const same = await runCommand([...words, '--name', 'gopher', '--handler', 'other']);
  expect(same.stderr).toMatch(/gopher: the code has not changed/);
  expect((await app.invoke('gopher', 1)).payload).toMatchObject({ handler: 'other' });
});

test('deploy takes an executable bootstrap as it is', async () => {
  const folder = functionsFolder('bootstrap');
  const { stderr, code } = await runCommand(['deploy', folder, '--endpoint', app.address, '--name', 'shell']);
  expect(stderr).toMatch(/the handler bootstrap \(it has bootstrap\)/);
  expect(code).toBe(0);
  expect((await app.invoke('shell', { n: 1 })).payload).toEqual({ from: 'a shell' });
});
