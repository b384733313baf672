import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WithSandbox } from './engine-contract';

export interface AssignmentSubject {
  readonly withSandbox: WithSandbox;
  /** Where folders of code and layers are made. */
  folder(): string;
  keepCopies(folders: ReadonlySet<string>): Promise<void>;
}

/** What holds of sandboxes that are made before it is known which function they serve. */
export function assignmentCases({ withSandbox, folder, keepCopies }: AssignmentSubject): void {
  const folderWith = async (files: Readonly<Record<string, string>>) => {
    const made = await mkdtemp(join(folder(), 'content-'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(made, name), text);
    return made;
  };

  withSandbox(
    'a sandbox with slots is empty until it is assigned, and then has code and layers',
    async (sandbox, recorder, run) => {
      run('before', ['list', '/var/task']);
      await recorder.exitOf('before');
      expect(recorder.text('before')).toBe('');
      const codeFolder = await folderWith({ 'app.py': 'code', 'data.txt': 'data' });
      const layersFolder = await folderWith({ lib: 'layer' });
      expect(await sandbox.assign({ memoryMiB: 128, codeFolder, layersFolder })).toBe('linked');
      run('code', ['list', '/var/task']);
      run('layers', ['list', '/opt']);
      await Promise.all([recorder.exitOf('code'), recorder.exitOf('layers')]);
      expect(recorder.text('code')).toBe('app.py code\ndata.txt data\n');
      expect(recorder.text('layers')).toBe('lib layer\n');
      expect(await readFile(join(codeFolder, 'app.py'), 'utf8')).toBe('code');
    },
    { slots: true },
  );

  withSandbox(
    'a recycled sandbox keeps code and layers, and a vacated one can be assigned to another function',
    async (sandbox, recorder, run) => {
      const first = await folderWith({ 'app.py': 'first' });
      const second = await folderWith({ 'app.py': 'second' });
      await keepCopies(new Set([first]));
      await sandbox.assign({ memoryMiB: 128, codeFolder: first, layersFolder: second });
      expect(await sandbox.recycle()).toBe(true);
      sandbox.listen(recorder);
      run('kept', ['list', '/var/task']);
      await recorder.exitOf('kept');
      expect(recorder.text('kept')).toBe('app.py first\n');
      expect(await sandbox.recycle({ vacate: true })).toBe(true);
      sandbox.listen(recorder);
      run('vacated', ['list', '/opt']);
      await recorder.exitOf('vacated');
      expect(recorder.text('vacated')).toBe('');
      await sandbox.assign({ memoryMiB: 256, codeFolder: second });
      run('other', ['list', '/var/task']);
      await recorder.exitOf('other');
      expect(recorder.text('other')).toBe('app.py second\n');
      await keepCopies(new Set());
    },
    { slots: true, memoryMiB: 256 },
  );

  withSandbox(
    'an assigned memory limit holds, whether lower or higher than the first one',
    async (sandbox, recorder, run) => {
      await sandbox.assign({ memoryMiB: 128 });
      run('greedy', ['grow', 200]);
      expect(await recorder.exitOf('greedy')).toEqual({ signal: 'SIGKILL', outOfMemory: true });
      await sandbox.limitCpu(1);
      expect(await sandbox.recycle({ vacate: true })).toBe(true);
      sandbox.listen(recorder);
      await sandbox.assign({ memoryMiB: 512 });
      run('roomy', ['grow', 400]);
      await recorder.untilPrinted('roomy', 'up');
    },
    { slots: true, memoryMiB: 256, ephemeralStorageMiB: 64 },
  );

  withSandbox(
    'a sandbox cannot change code or layers, which are linked from the store',
    async (sandbox, recorder, run) => {
      const codeFolder = await folderWith({ 'app.py': 'code' });
      await mkdir(join(codeFolder, 'package'), { mode: 0o777 });
      await writeFile(join(codeFolder, 'package', 'open.py'), 'open', { mode: 0o666 });
      await symlink('/nowhere', join(codeFolder, 'out'));
      await sandbox.assign({ memoryMiB: 128, codeFolder, layersFolder: codeFolder });
      run('code', ['spoil', '/var/task']);
      run('layers', ['spoil', '/opt']);
      await Promise.all([recorder.exitOf('code'), recorder.exitOf('layers')]);
      expect([recorder.text('code'), recorder.text('layers')]).toEqual(['0', '0']);
      expect(await readFile(join(codeFolder, 'app.py'), 'utf8')).toBe('code');
      expect(await readFile(join(codeFolder, 'package', 'open.py'), 'utf8')).toBe('open');
    },
    { slots: true },
  );
}
