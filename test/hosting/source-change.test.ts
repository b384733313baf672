import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WantedFunction } from '../../src/functions/template/wanted';
import { describeChange, isSourceOf } from '../../src/hosting/source-change';
import { TemporaryFolder } from '../support/lib/temporary-folder';

const wanted = (code: string, layers: readonly string[] = []) =>
  ({
    name: 'hello',
    package: { kind: 'zip', runtime: 'python3.13', handler: 'app.h', code, layers },
  }) as WantedFunction;

test('names a change by the files that exist, or by the template if none belongs to the function', async () => {
  await using folder = await TemporaryFolder.make();
  const code = join(folder.path, 'code');
  await mkdir(code);
  await writeFile(join(code, 'app.py'), '');
  const change = (...paths: readonly string[]) =>
    describeChange({ paths: new Set(paths), sinceMs: 0 }, wanted(code));
  expect(change(join(code, 'app.py'), join(code, '.app.py.swp'), code)).toBe('app.py changed');
  expect(change(join(code, 'gone.py'))).toBe('gone.py changed');
  await writeFile(join(code, 'other.py'), '');
  expect(change(join(code, 'app.py'), join(code, 'other.py'))).toBe('2 files changed');
  expect(change(join(folder.path, 'lambdock.yaml'))).toBe('lambdock.yaml changed');
});

test('code, layers and files below them are sources, and their neighbours are not', () => {
  const each = wanted('/p/code', ['/p/layer.zip']);
  expect(['/p/code', '/p/code/app.py', '/p/layer.zip'].map((path) => isSourceOf(each, path))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['/p/code2/app.py', '/p/lambdock.yaml'].map((path) => isSourceOf(each, path))).toEqual([
    false,
    false,
  ]);
});
