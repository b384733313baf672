import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../support/app/command';
import { RunningApp } from '../../support/app/running-app';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

let app: RunningApp;
let folder: TemporaryFolder;

/** Packages that take some time to import. */
const files = {
  'python/app.py': 'import slow_one\nimport slow_two\ndef handler(event, context):\n    return 1\n',
  'python/slow_one.py': 'import time\ntime.sleep(0.3)\n',
  'python/slow_two.py': 'import time\ntime.sleep(0.1)\n',
  'node/index.mjs': "import 'heavy';\nimport 'light';\nexport const handler = async () => 1;\n",
  'node/node_modules/heavy/index.js':
    'const end = Date.now() + 300; while (Date.now() < end) Math.sqrt(2);\n',
  'node/node_modules/light/index.js': 'const end = Date.now() + 60; while (Date.now() < end) Math.sqrt(2);\n',
};

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder.path, name, '..'), { recursive: true });
    await writeFile(join(folder.path, name), text);
  }
  app = await RunningApp.start({
    functions: {
      snake: {
        runtime: 'python3.13',
        handler: 'app.handler',
        code: join(folder.path, 'python'),
        memorySize: 512,
      },
      loop: {
        runtime: 'nodejs22.x',
        handler: 'index.handler',
        code: join(folder.path, 'node'),
        memorySize: 512,
      },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function profiled(name: string) {
  const svg = join(folder.path, `${name}.svg`);
  const { code, stdout, stderr } = await runCommand([
    'profile',
    name,
    '--json',
    '--svg',
    svg,
    '--endpoint',
    app.address,
  ]);
  if (code !== 0) throw new Error(stderr);
  const { imports, initMs, requestId } = JSON.parse(stdout) as {
    imports: { name: string; totalMs: number }[];
    initMs: number;
    requestId: string;
  };
  return { imports, initMs, requestId, svg: await readFile(svg, 'utf8') };
}

test.each([
  ['snake', 'app', 'slow_one', 'slow_two'],
  ['loop', 'index.mjs', 'heavy', 'light'],
])('names the imports of %s, the most expensive first', async (name, file, first, second) => {
  const { imports, initMs, requestId, svg } = await profiled(name);
  const names = imports.map((each) => each.name).filter((each) => each !== file);
  expect(names.slice(0, 2)).toEqual([first, second]);
  const most = imports.find((each) => each.name === first)?.totalMs ?? 0;
  expect(most).toBeGreaterThan(250);
  expect(initMs).toBeGreaterThan(most);
  expect(svg).toContain(`<title>${first}: `);
  expect(svg).toContain(`<title>${second}: `);
  const trace = await runCommand(['trace', name, '--request', requestId, '--endpoint', app.address]);
  expect(trace.stdout).toMatch(
    new RegExp(`runtime-init .*\\n(.*\\n)* +import ${first} .*\\n(.*\\n)* +import ${second} `),
  );
});

test('a profile is of its own environment: the next invocation prints none', async () => {
  await profiled('snake');
  const { log } = await app.invoke('snake', {}, { tail: true });
  expect(log.join('\n')).not.toContain('import time:');
});
