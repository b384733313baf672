import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApp } from '../../support/app/running-app';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

/** A runtime in a shell: asks for events and answers each with what it sees. */
const bootstrap = (from: string) => `#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  event=$(curl -sS -D /tmp/headers "$api/next")
  id=$(grep -i '^lambda-runtime-aws-request-id:' /tmp/headers | tr -d '\\r' | cut -d' ' -f2)
  answer=$(printf '{"from":"${from}","event":%s,"handler":"%s","environment":"%s","user":"%s","zone":"%s","folder":"%s"}' \\
    "$event" "$_HANDLER" "$AWS_EXECUTION_ENV" "$(id -un)" "$(TZ=Asia/Tokyo date +%Z)" "$PWD")
  curl -sS -X POST "$api/$id/response" -d "$answer" >/dev/null
done
`;

let app: RunningApp;
let folder: TemporaryFolder;

async function fill(name: string, files: Readonly<Record<string, string>>, mode = 0o755): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(path);
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text, { mode });
  return path;
}

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const layer = await fill('layer', { bootstrap: bootstrap('layer') });
  const code = await fill('code', { bootstrap: bootstrap('code') });
  const empty = await fill('empty', { 'data.txt': 'no program' });
  const broken = await fill('broken', { bootstrap: 'neither ELF nor #!' });
  const written = { runtime: 'provided.al2023', handler: 'any.handler', timeout: 30, memorySize: 256 };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      code: { ...written, code, layers: [layer] },
      layer: { ...written, code: empty, layers: [layer] },
      older: { ...written, runtime: 'provided.al2', code },
      none: { ...written, code: empty },
      broken: { ...written, code: broken },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

test.each([
  ['code', 'code'],
  ['layer', 'layer'],
  ['older', 'code'],
])('%s: bootstrap is taken from the code, else from a layer', async (name, from) => {
  expect((await app.invoke(name, { n: 1 })).payload).toEqual({
    from,
    event: { n: 1 },
    handler: 'any.handler',
    environment: '',
    user: 'sbx_user1051',
    zone: 'JST',
    folder: '/var/task',
  });
});

test.each([
  ['none', "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"],
  ['broken', 'fork/exec /var/task/bootstrap: exec format error'],
])('%s: a bootstrap that cannot be started is Runtime.InvalidEntrypoint', async (name, text) => {
  const { payload, functionError } = await app.invoke(name, {});
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({
    errorType: 'Runtime.InvalidEntrypoint',
    errorMessage: expect.stringContaining(text),
  });
});
