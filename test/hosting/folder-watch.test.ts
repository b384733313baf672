import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderWatch } from '../../src/hosting/folder-watch';
import { TemporaryFolder } from '../support/lib/temporary-folder';

class Subject implements AsyncDisposable {
  readonly changed = new Set<string>();
  readonly failures: unknown[] = [];
  readonly watch: FolderWatch;
  #waiting: (() => void)[] = [];

  private constructor(
    readonly folder: TemporaryFolder,
    readonly code: string,
  ) {
    this.watch = new FolderWatch({
      ignored: (path) => path.endsWith('.git'),
      failed: (error) => this.failures.push(error),
      changed: (path) => {
        this.changed.add(path);
        for (const look of this.#waiting.splice(0)) look();
      },
    });
  }

  static async make(): Promise<Subject> {
    const folder = await TemporaryFolder.make();
    const code = join(folder.path, 'code');
    await mkdir(join(code, 'package', 'deep'), { recursive: true });
    await mkdir(join(code, '.git'));
    await writeFile(join(code, 'package', 'deep', 'module.py'), 'one');
    return new Subject(folder, code);
  }

  /** Resolves when a change of this path has been reported since the last call. */
  async reports(...names: readonly string[]): Promise<void> {
    const path = join(this.code, ...names);
    while (!this.changed.has(path)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.changed.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.watch.close();
    expect(this.failures).toEqual([]);
    await this.folder[Symbol.asyncDispose]();
  }
}

test('reports what is written, created and removed below a folder, with a watch per folder', async () => {
  await using subject = await Subject.make();
  for (let file = 0; file < 50; file += 1) await writeFile(join(subject.code, `file${file}`), '');
  await subject.watch.add(subject.code);
  expect(subject.watch.isExact).toBe(true);
  // The parent, the folder itself, `package` and `deep`.
  expect(subject.watch.size).toBe(4);
  await writeFile(join(subject.code, 'package', 'deep', 'module.py'), 'two');
  await subject.reports('package', 'deep', 'module.py');
  await writeFile(join(subject.code, 'new.py'), '');
  await subject.reports('new.py');
  await rm(join(subject.code, 'file7'));
  await subject.reports('file7');
});

test('watches a new folder, also one that is moved there with its content', async () => {
  await using subject = await Subject.make();
  const aside = join(subject.folder.path, 'aside');
  await mkdir(join(aside, 'inner'), { recursive: true });
  await subject.watch.add(subject.code);
  await rename(aside, join(subject.code, 'moved'));
  await subject.reports('moved');
  while (subject.watch.size < 6) await new Promise((resolve) => setImmediate(resolve));
  await writeFile(join(subject.code, 'moved', 'inner', 'file'), '');
  await subject.reports('moved', 'inner', 'file');
  await rm(join(subject.code, 'moved'), { recursive: true });
  await subject.reports('moved');
  while (subject.watch.size > 4) await new Promise((resolve) => setImmediate(resolve));
});

test('watches a folder again that was removed and created again', async () => {
  await using subject = await Subject.make();
  await subject.watch.add(subject.code);
  await rm(subject.code, { recursive: true });
  await subject.reports();
  while (subject.watch.size > 1) await new Promise((resolve) => setImmediate(resolve));
  await mkdir(subject.code);
  await subject.reports();
  while (subject.watch.size < 2) await new Promise((resolve) => setImmediate(resolve));
  await writeFile(join(subject.code, 'app.py'), '');
  await subject.reports('app.py');
});

test('reports changes of a single file, also when it is replaced, and none of its neighbours', async () => {
  await using subject = await Subject.make();
  const file = join(subject.code, 'template.yaml');
  await writeFile(file, 'one');
  await subject.watch.add(file);
  await writeFile(join(subject.code, 'other'), '');
  await writeFile(join(subject.code, 'beside'), 'two');
  await rename(join(subject.code, 'beside'), file);
  while (!subject.changed.has(file)) await new Promise((resolve) => setImmediate(resolve));
  expect([...subject.changed]).toEqual([file]);
  subject.changed.clear();
  await writeFile(file, 'three');
  await subject.reports('template.yaml');
});

test('watches the target of a link once, also when the link points to a parent folder', async () => {
  await using subject = await Subject.make();
  const shared = join(subject.folder.path, 'shared');
  await mkdir(shared);
  await symlink(shared, join(subject.code, 'linked'));
  await symlink('..', join(subject.code, 'package', 'up'));
  await symlink('nowhere', join(subject.code, 'dangling'));
  await subject.watch.add(subject.code);
  expect(subject.watch.size).toBe(5);
  expect(subject.watch.isExact).toBe(false);
  await writeFile(join(shared, 'file'), '');
  while (!subject.changed.has(join(shared, 'file'))) await new Promise((resolve) => setImmediate(resolve));
});

test('neither watches nor reports ignored names, and watches a path that does not exist yet', async () => {
  await using subject = await Subject.make();
  await subject.watch.add(join(subject.code, 'later'));
  await subject.watch.add(subject.code);
  await writeFile(join(subject.code, '.git', 'index'), '');
  await writeFile(join(subject.code, 'later'), '');
  await subject.reports('later');
  expect([...subject.changed].filter((path) => path.includes('.git'))).toEqual([]);
});
