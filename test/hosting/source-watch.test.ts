import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceWatch, watchProblem } from '../../src/hosting/source-watch';
import { systemClock } from '../../src/lib/clock';
import { deferred } from '../../src/lib/deferred';
import { TemporaryFolder } from '../support/lib/temporary-folder';

test('reports a change of a watched file', async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, 'lambdock.yaml');
  await writeFile(file, 'functions: {}');
  const changed = deferred<ReadonlySet<string>>();
  const said: string[] = [];
  const noticed: string[] = [];
  const watch = new SourceWatch(
    systemClock,
    changed.resolve,
    (path) => noticed.push(path),
    (sentence) => said.push(sentence),
    '/data',
  );
  try {
    await watch.cover([file], []);
    await writeFile(file, '# changed');
    expect([...(await changed.promise)]).toEqual([file]);
    expect([new Set(noticed), said]).toEqual([new Set([file]), []]);
  } finally {
    await watch.close();
  }
});

test('reports a system limit by its name, and ignores what cannot be read', () => {
  const failed = (code: string) => watchProblem(Object.assign(new Error(code), { code }));
  expect(failed('ENOSPC')).toContain('(sysctl fs.inotify.max_user_watches)');
  expect(failed('EMFILE')).toContain('(sysctl fs.inotify.max_user_instances)');
  expect(failed('EACCES')).toBeUndefined();
  expect(watchProblem(new Error('?'))).toBeUndefined();
});
