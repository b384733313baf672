import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

const run = promisify(execFile);

/** The version of the package that the tables were written after. */
const botocore = '1.44.2';

export interface ModelShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, ModelMember>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly payload?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;
}

export interface ModelMember {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
}

export interface ServiceModel {
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly http: {
          readonly method: string;
          readonly requestUri: string;
          readonly responseCode?: number;
        };
        readonly input: { readonly shape: string };
      }
    >
  >;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

/** Lambda's model of Python's `botocore` package, which has the constraints that the JavaScript SDK leaves out. */
export async function serviceModel(): Promise<ServiceModel> {
  const folder = await packageFolder();
  const file = join(folder, 'botocore', 'data', 'lambda', '2015-03-31', 'service-2.json');
  const text = existsSync(file) ? await readFile(file) : gunzipSync(await readFile(`${file}.gz`));
  return JSON.parse(text.toString()) as ServiceModel;
}

/** Where this machine's Python has it in the right version, or else where it is installed to, once. */
async function packageFolder(): Promise<string> {
  const print = 'import botocore; print(botocore.__version__); print(botocore.__file__)';
  const own = await run('python3', ['-c', print]).catch(() => ({ stdout: '' }));
  const [version, file = ''] = own.stdout.trim().split('\n');
  if (version === botocore) return dirname(dirname(file));
  const shared = process.env.LAMBDOCK_TEST_DATA ?? join(tmpdir(), 'lambdock-test');
  const folder = join(shared, `botocore-${botocore}`);
  if (existsSync(folder)) return folder;
  const begun = `${folder}.${process.pid}`;
  await mkdir(begun, { recursive: true });
  const options = ['--quiet', '--no-deps', '--disable-pip-version-check', '--target', begun];
  await run('python3', ['-m', 'pip', 'install', ...options, `botocore==${botocore}`]);
  // Another worker may have been faster.
  await rename(begun, folder).catch(() => rm(begun, { recursive: true }));
  return folder;
}
