import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LinkedCopies } from '../../../src/engine/docker/linked-copies';
import { TestClock } from '../../support/fakes/test-clock';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

class Subject implements AsyncDisposable {
  readonly clock = new TestClock();
  readonly copies: LinkedCopies;
  readonly source: string;
  #slots = 0;

  private constructor(readonly folder: TemporaryFolder) {
    this.copies = new LinkedCopies(join(folder.path, 'copies'), this.clock);
    this.source = join(folder.path, 'source');
  }

  static async make(): Promise<Subject> {
    const subject = new Subject(await TemporaryFolder.make());
    await mkdir(join(subject.source, 'package'), { recursive: true });
    await writeFile(join(subject.source, 'package', 'module.py'), 'x');
    return subject;
  }

  async slot(): Promise<string> {
    this.#slots += 1;
    const slot = join(this.folder.path, `slot-${this.#slots}`);
    await mkdir(slot);
    return slot;
  }

  /** Inode numbers of the folders `package` in the copies that there are. */
  async ready(): Promise<number[]> {
    const folder = join(this.folder.path, 'copies');
    const names = await readdir(folder).catch(() => []);
    const found = await Promise.all(
      names.map((name) => lstat(join(folder, name, 'package')).catch(() => undefined)),
    );
    return found.flatMap((each) => (each ? [each.ino] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.copies.close();
    await this.folder[Symbol.asyncDispose]();
  }
}

test('renames the copy of a kept folder into the slot, and makes the next one after a pause', async () => {
  await using subject = await Subject.make();
  const { copies, source } = subject;
  await copies.keep(new Set([source]));
  const [ready] = await subject.ready();
  const slot = await subject.slot();
  expect(await copies.fill(source, slot)).toBe('linked');
  expect((await lstat(join(slot, 'package'))).ino).toBe(ready);
  expect(await subject.ready()).toEqual([]);
  subject.clock.advance(1_000);
  await copies.keep(new Set([source]));
  expect(await subject.ready()).toHaveLength(1);
});

test('links a folder without a copy when it is needed', async () => {
  await using subject = await Subject.make();
  const slot = await subject.slot();
  expect(await subject.copies.fill(subject.source, slot)).toBe('linked');
  expect(await readdir(slot)).toEqual(['package']);
  expect((await lstat(join(slot, 'package', 'module.py'))).nlink).toBe(2);
});

test('reuses the content of an emptied slot as the next copy, unless its folder is no longer kept', async () => {
  await using subject = await Subject.make();
  const { copies, source } = subject;
  const slot = await subject.slot();
  await copies.keep(new Set([source]));
  await copies.fill(source, slot);
  const { ino } = await lstat(join(slot, 'package'));
  await copies.empty(source, slot);
  expect(await subject.ready()).toEqual([ino]);
  await copies.fill(source, slot);
  await copies.keep(new Set());
  await copies.empty(source, slot);
  expect(await readdir(slot)).toEqual([]);
  expect(await subject.ready()).toEqual([]);
});

test('an unreadable folder fails when it is needed, and others still get a copy', async () => {
  await using subject = await Subject.make();
  const missing = join(subject.folder.path, 'missing');
  await subject.copies.keep(new Set([missing, subject.source]));
  expect(await subject.ready()).toHaveLength(1);
  await expect(subject.copies.fill(missing, await subject.slot())).rejects.toThrow('ENOENT');
});

test('used copies leave nothing behind', async () => {
  await using subject = await Subject.make();
  const { copies, source } = subject;
  for (let use = 0; use < 5; use += 1) {
    await copies.keep(new Set([source]));
    await copies.fill(source, await subject.slot());
  }
  await copies.keep(new Set([source]));
  expect(await readdir(join(subject.folder.path, 'copies'))).toHaveLength(1);
});
