import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import Docker from 'dockerode';
import { Images } from '../../../src/engine/docker/images/images';
import { systemClock } from '../../../src/lib/clock';
import { inSandboxOf } from '../../support/init/in-sandbox';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

/** What Lambda's images have, held against each base: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const docker = new Docker({ socketPath: '/var/run/docker.sock' });
const caFile = process.env.NODE_EXTRA_CA_CERTS;
const inSandbox = inSandboxOf(docker, { 'lambdock.test': `base-contents-${process.pid}` });
const images = new Images({
  clock: systemClock,
  docker,
  imagesFolder: resolve(__dirname, '../../../images'),
  dataFolder: process.env.LAMBDOCK_TEST_DATA ?? join(tmpdir(), 'lambdock-test'),
  bases: 'auto',
  architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
  ...(caFile !== undefined && { caFile }),
});

jest.setTimeout(300_000);

const pythons = ['python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'];
/** Portable builds come without some modules that functions have no use for. */
const portable = ['python3.10', 'python3.12'];
const nodes = ['nodejs16.x', 'nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'];
const others = ['ruby3.3', 'java17', 'java21'];
const image = new Map<string, string>();
const imageOf = (runtime: string) => image.get(runtime) ?? '';

/** A program that loads libraries of the system and prints 8. */
function withLibraries(runtime: string): readonly string[] {
  if (runtime.startsWith('python')) {
    return [`/var/lang/bin/${runtime}`, '-c', 'import zlib, ssl, hashlib; print(len(zlib.compress(b"")))'];
  }
  if (runtime.startsWith('ruby')) {
    return ['/var/lang/bin/ruby', '-ropenssl', '-rzlib', '-e', 'puts Zlib::Deflate.deflate("").bytesize'];
  }
  if (runtime.startsWith('java')) {
    return ['/bin/sh', '-c', '/var/lang/bin/java -version >/dev/null 2>&1 && echo 8'];
  }
  return ['/var/lang/bin/node', '-e', 'console.log(require("zlib").deflateSync("").length)'];
}

/** Writes files, by their paths, and makes them readable for the sandbox's user. */
async function filled(folder: TemporaryFolder, files: Readonly<Record<string, string>>): Promise<string> {
  await chmod(folder.path, 0o755);
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder.path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o755 });
  }
  return folder.path;
}

describe.each([...pythons, ...nodes, ...others])('%s', (runtime) => {
  beforeAll(async () => {
    image.set(runtime, (await images.runtimeImage(runtime, () => undefined)).image);
  }, 900_000);

  test('has the usual commands, time zones, the locale of LANG, and certificates', async () => {
    // Amazon Linux's shell is bash.
    const script = `set -o pipefail
source /dev/null
for each in awk bash cat curl date env find grep gzip id sed sort tar xargs; do
  command -v $each >/dev/null || echo "no $each"
done
for zone in Asia/Tokyo US/Pacific Asia/Calcutta; do TZ=$zone date -d @0 +%Z; done
locale -a | grep -x en_US.utf8
for file in /etc/pki/tls/certs/ca-bundle.crt /etc/pki/tls/cert.pem /etc/ssl/certs/ca-certificates.crt; do
  grep -q 'BEGIN CERTIFICATE' $file || echo "no $file"
done`;
    expect(await inSandbox(imageOf(runtime), ['/bin/sh', '-c', script])).toEqual({
      code: 0,
      output: 'JST\nPST\nIST\nen_US.utf8\n',
    });
  });

  test("takes the system's libraries before those of a layer", async () => {
    await using layer = await TemporaryFolder.make();
    const opt = await filled(layer, {
      'lib/libz.so.1': '',
      'lib/libcrypto.so.3': 'another',
      'lib/libstdc++.so.6': '',
    });
    const ended = await inSandbox(imageOf(runtime), withLibraries(runtime), { binds: [`${opt}:/opt:ro`] });
    expect(ended).toEqual({ code: 0, output: '8\n' });
  });
});

describe.each(pythons)('%s', (runtime) => {
  const python = async (program: string, environment: readonly string[] = []) =>
    inSandbox(imageOf(runtime), [`/var/lang/bin/${runtime}`, '-W', 'ignore', '-c', program], { environment });

  test('imports every module of the standard library but those for a display or another system', async () => {
    const { code, output } = await python(`
import importlib, pkgutil, sys
others = set('''${portable.includes(runtime) ? 'ensurepip _gdbm lib2to3 nis pydoc_data ' : ''}tkinter _tkinter turtle turtledemo idlelib antigravity this msvcrt nt winreg winsound _winapi _wmi
  msilib _msi _overlapped _scproxy _ios_support _android_support'''.split())
names = set(getattr(sys, 'stdlib_module_names', ())) or {m.name for m in pkgutil.iter_modules() if m.module_finder.path.startswith('/usr/lib/python3.9')}
failed = []
for name in sorted(names - others):
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed.append('%s: %r' % (name, error))
print(len(names) > 180, failed)
`);
    expect({ code, output }).toEqual({ code: 0, output: 'True []\n' });
  });

  test('has the parts that Debian leaves out', async () => {
    const old = Number(runtime.split('.')[1]) < 12;
    const modules = [
      ...(portable.includes(runtime) ? [] : ['ensurepip', 'dbm.gnu']),
      'venv',
      'dbm.ndbm',
      'sqlite3',
      'lzma',
      'curses',
      'readline',
    ];
    const removedSince = [
      'distutils.util',
      'distutils.command.build',
      ...(portable.includes(runtime) ? [] : ['lib2to3.main']),
      'setuptools',
      'pkg_resources',
    ];
    const all = [...modules, ...(old ? removedSince : [])];
    expect(await python(`import ${all.join(', ')}`)).toEqual({ code: 0, output: '' });
    const commands = `pip --version && pip${runtime.slice('python'.length)} --version >/dev/null`;
    const { output } = await inSandbox(imageOf(runtime), ['/bin/sh', '-c', commands]);
    expect(output).toMatch(/^pip \d+\.\d+(\.\d+)? from \/var\/lang\/lib\/python3\.\d+\/site-packages\/pip/);
  });

  test('knows time zones and formats numbers by the locale', async () => {
    const program = `
import datetime, locale, time, zoneinfo
print(time.tzname[0], datetime.datetime(2020, 1, 1, tzinfo=zoneinfo.ZoneInfo('US/Pacific')).isoformat())
print(locale.setlocale(locale.LC_ALL, ''), locale.format_string('%d', 1234567, grouping=True))`;
    expect(await python(program, ['TZ=Asia/Tokyo'])).toEqual({
      code: 0,
      output: 'JST 2020-01-01T00:00:00-08:00\nen_US.UTF-8 1,234,567\n',
    });
  });

  test('has boto3 and the client of the Runtime API', async () => {
    const program = `
import sys
sys.path.insert(0, '/var/runtime')
import awslambdaric, boto3, botocore
print(boto3.client('s3', region_name='us-east-1').meta.service_model.service_name, boto3.__file__)`;
    expect(await python(program)).toEqual({ code: 0, output: 's3 /var/runtime/boto3/__init__.py\n' });
  });
});

/** Runs a module with the options and the environment that the bootstrap gives, by a wrapper that replaces the script. */
async function runNode(
  runtime: string,
  files: Readonly<Record<string, string>>,
  options: {
    readonly layer?: Readonly<Record<string, string>>;
    readonly environment?: readonly string[];
  } = {},
) {
  await using code = await TemporaryFolder.make();
  await using layer = await TemporaryFolder.make();
  const task = await filled(code, files);
  const opt = await filled(layer, {
    ...options.layer,
    // The script of the client is the last argument; the test's own takes its place.
    wrapper: `#!/bin/bash\nexec "\${@:1:$#-1}" /var/task/$PROGRAM\n`,
  });
  const program = Object.keys(files)[0] ?? '';
  // Awaited here: the folders end with this scope.
  return await inSandbox(imageOf(runtime), ['/var/runtime/bootstrap'], {
    environment: [
      `PROGRAM=${program}`,
      'AWS_LAMBDA_EXEC_WRAPPER=/opt/wrapper',
      ...(options.environment ?? []),
    ],
    binds: [`${task}:/var/task:ro`, `${opt}:/opt:ro`],
  });
}

const packageOf = (name: string, text: string) => ({
  [`${name}/package.json`]: JSON.stringify({
    name: name.split('node_modules/').at(-1),
    version: '1.0.0',
    main: 'index.js',
  }),
  [`${name}/index.js`]: `exports.from = ${JSON.stringify(text)};`,
});

describe.each(nodes.filter((each) => each !== 'nodejs16.x'))('%s', (runtime) => {
  test('has the AWS SDK for JavaScript v3 for import and require', async () => {
    const { code, output } = await runNode(runtime, {
      'program.mjs': `
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { SignatureV4 } from '@smithy/signature-v4';
import { HttpRequest } from '@smithy/protocol-http';
import { fromIni } from '@aws-sdk/credential-providers';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const same = require('@aws-sdk/client-s3').S3Client === S3Client;
const { Sha256 } = require('@aws-crypto/sha256-js');
const { NodeHttpHandler } = require('@smithy/node-http-handler');
const all = [S3Client, DynamoDBDocumentClient, getSignedUrl, SignatureV4, HttpRequest, fromIni, Sha256, NodeHttpHandler];
console.log(same, all.every((each) => typeof each === 'function'), require('@aws-sdk/client-s3/package.json').name);
console.log(import.meta.resolve?.('@aws-sdk/client-sqs') ?? 'file:///var/runtime/node_modules/@aws-sdk/client-sqs/');`,
    });
    expect(output).toMatch(
      /^true true @aws-sdk\/client-s3\nfile:\/\/\/var\/runtime\/node_modules\/@aws-sdk\/client-sqs\/.*\n$/,
    );
    expect(code).toBe(0);
  });

  test("prefers the code's own packages to a layer's, and both to the SDK", async () => {
    const program = {
      'program.mjs': `
import { from as own } from 'own';
import { from as shared } from 'shared';
import { from as major } from 'major';
import { from as s3 } from '@aws-sdk/client-s3';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
console.log(own, shared, major, s3);
console.log(...['own', 'shared', 'major', '@aws-sdk/client-s3'].map((name) => require(name).from));`,
      ...packageOf('node_modules/own', 'code'),
    };
    const number = runtime.slice('nodejs'.length, -'.x'.length);
    const layer = {
      ...packageOf('nodejs/node_modules/own', 'layer'),
      ...packageOf('nodejs/node_modules/shared', 'layer'),
      ...packageOf('nodejs/node_modules/major', 'layer'),
      ...packageOf(`nodejs/node${number}/node_modules/major`, 'layer of the version'),
      ...packageOf('nodejs/node_modules/@aws-sdk/client-s3', 'layer'),
    };
    const line = 'code layer layer of the version layer\n';
    expect(await runNode(runtime, program, { layer })).toEqual({ code: 0, output: line + line });
  });

  test("imports packages from the function's own NODE_PATH, and from nowhere else then", async () => {
    const ended = await runNode(
      runtime,
      {
        'program.mjs': `
import { from } from 'mine';
import { from as byExports, kind } from 'exporting/part';
const missing = await import('shared').catch((error) => error.code);
const hidden = await import('exporting/other').catch((error) => error.code);
const path = await import('./missing.mjs').catch((error) => error.code);
console.log(from, byExports, kind, missing, hidden, path);`,
        ...packageOf('vendor/mine', 'NODE_PATH'),
        'vendor/exporting/package.json': JSON.stringify({
          name: 'exporting',
          exports: { './part': { import: './part.mjs', require: './part.cjs' } },
        }),
        'vendor/exporting/part.mjs': 'export const from = "exports", kind = "module";',
        'vendor/exporting/part.cjs': 'exports.from = "exports"; exports.kind = "commonjs";',
      },
      {
        layer: packageOf('nodejs/node_modules/shared', 'layer'),
        environment: ['NODE_PATH=/var/task/vendor'],
      },
    );
    expect(ended).toEqual({
      code: 0,
      output:
        'NODE_PATH exports module ERR_MODULE_NOT_FOUND ERR_PACKAGE_PATH_NOT_EXPORTED ERR_MODULE_NOT_FOUND\n',
    });
  });

  test('imports from NODE_PATH in worker threads too', async () => {
    const ended = await runNode(runtime, {
      'program.mjs': `
import { isMainThread, Worker } from 'node:worker_threads';
import { SQSClient } from '@aws-sdk/client-sqs';
if (isMainThread) new Worker(new URL(import.meta.url));
else console.log(SQSClient.name);`,
    });
    expect(ended).toEqual({ code: 0, output: 'SQSClient\n' });
  });
});

test.each(['nodejs18.x', 'nodejs24.x'])('%s loads every package of the SDK', async (runtime) => {
  const program = {
    'program.cjs': `
const { readdirSync } = require('node:fs');
const failed = [];
let clients = 0;
for (const scope of ['@aws-sdk', '@smithy', '@aws-crypto']) {
  for (const name of readdirSync('/var/runtime/node_modules/' + scope)) {
    if (name.startsWith('client-')) clients += 1;
    try { require(scope + '/' + name); } catch (error) { if (error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') failed.push(name + ': ' + error.message); }
  }
}
console.log(clients > 250, failed);`,
  };
  const environment = ['AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1769'];
  const { output } = await runNode(runtime, program, { environment });
  expect(output).toBe('true []\n');
});

test('nodejs16.x has the AWS SDK for JavaScript v2, and searches NODE_PATH for require() alone', async () => {
  const ended = await runNode('nodejs16.x', {
    'program.mjs': `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const sdk = require('aws-sdk');
const failure = await import('aws-sdk').catch((error) => error.code);
console.log(sdk.VERSION.split('.')[0], typeof sdk.S3, failure);
process.exit();`,
  });
  expect(ended.output).toMatch(/^2 function ERR_MODULE_NOT_FOUND\n/);
});
