import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One vCPU on Lambda: a smaller share would measure its own throttling. */
const memorySize = 1_769;
const runtime = 'python3.13';
export const handler = 'app.handler';

const echo = `def handler(event, context):
    return event
`;

const slow = `import time


def handler(event, context):
    time.sleep(1)
    return event
`;

/** Says when it writes its first byte. */
const streaming = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write(\`began \${(performance.timeOrigin + performance.now()).toFixed(3)}\\n\`);
  stream.end();
});
`;

/** An external extension that asks for one event after another. */
const extension = `#!/var/lang/bin/python3.13
import http.client
import json
import os

api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
events = json.dumps({'events': ['INVOKE', 'SHUTDOWN']})
api.request('POST', '/2020-01-01/extension/register', events, {'Lambda-Extension-Name': 'bench'})
response = api.getresponse()
response.read()
own = {'Lambda-Extension-Identifier': response.headers['Lambda-Extension-Identifier']}
event = {}
while event.get('eventType') != 'SHUTDOWN':
    api.request('GET', '/2020-01-01/extension/event/next', headers=own)
    event = json.loads(api.getresponse().read())
`;

const packages = 100;
const modulesPerPackage = 50;
export const layerFiles = packages * modulesPerPackage;

/** Functions that are called once, in pairs without and with the layer. */
export const firstCalls = 13;

/** Functions that are called by a burst, and never before. */
export const firstBursts = 4;

export const editedFunctions = ['editedPython', 'editedNode'] as const;
export type EditedFunction = (typeof editedFunctions)[number];

/** Makes the functions' code and layer; resolves to the template that names them. */
export async function writeFunctions(folder: string): Promise<string> {
  await writeCode(join(folder, 'echo'), echo);
  await writeCode(join(folder, 'slow'), slow);
  await writeEdited(folder, 'first');
  await writeLayer(join(folder, 'layer', 'python'));
  await mkdir(join(folder, 'streaming'), { recursive: true });
  await writeFile(join(folder, 'streaming', 'index.mjs'), streaming);
  await mkdir(join(folder, 'extension', 'extensions'), { recursive: true });
  await writeFile(join(folder, 'extension', 'extensions', 'bench'), extension, { mode: 0o755 });
  const template = join(folder, 'lambdock.yaml');
  const entry = (code: string, more: object = {}) => ({ runtime, handler, code, memorySize, ...more });
  const functions: Record<string, object> = {
    warm: entry('echo'),
    cold: entry('echo'),
    layered: entry('echo', { layers: ['layer'] }),
    slow: entry('slow'),
    small: entry('echo', { memorySize: 128 }),
    extended: entry('echo', { layers: ['extension'] }),
    streaming: entry('streaming', { runtime: 'nodejs22.x', handler: 'index.handler' }),
    editedPython: entry('editedPython'),
    editedNode: entry('editedNode', { runtime: 'nodejs22.x' }),
  };
  for (let each = 0; each < firstCalls; each += 1) {
    functions[`first${each}`] = entry('echo');
    functions[`firstLayered${each}`] = entry('echo', { layers: ['layer'] });
  }
  for (let each = 0; each < firstBursts; each += 1) functions[`burst${each}`] = entry('slow');
  // JSON is YAML.
  await writeFile(template, JSON.stringify({ functions }, undefined, 2));
  return template;
}

/** Writes what an edited function answers from now on; without a name, both. */
export async function writeEdited(folder: string, text: string, name?: EditedFunction): Promise<void> {
  const sources: Readonly<Record<EditedFunction, readonly [file: string, source: string]>> = {
    editedPython: ['app.py', `def handler(event, context):\n    return "${text}"\n`],
    editedNode: ['app.mjs', `export const handler = async () => '${text}';\n`],
  };
  for (const each of editedFunctions) {
    if (name !== undefined && name !== each) continue;
    await mkdir(join(folder, each), { recursive: true });
    await writeFile(join(folder, each, sources[each][0]), sources[each][1]);
  }
}

async function writeCode(folder: string, source: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'app.py'), source);
}

/** As many files as large libraries have. */
async function writeLayer(folder: string): Promise<void> {
  for (let each = 0; each < packages; each += 1) {
    const name = join(folder, `package${each}`);
    await mkdir(name, { recursive: true });
    for (let file = 0; file < modulesPerPackage; file += 1) {
      await writeFile(
        join(name, file === 0 ? '__init__.py' : `module${file}.py`),
        `value = ${each * file}\n`,
      );
    }
  }
}
