import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { initsOfEachTest, printedPid, shell } from '../support/init/inits';

/** The real init with a cgroup v2 tree made of files, whose counters the test sets: so it runs on cgroup v1 as well. */

jest.setTimeout(120_000);

const inits = initsOfEachTest();
const mebibyte = 1024 * 1024;

/** Writes over what is there, without a moment in which the file is empty: the init may read it at any time. */
function set(file: string, text: string): void {
  const fd = openSync(join(folder(), file), 'r+');
  writeSync(fd, text.padEnd(size, '\n'));
  closeSync(fd);
}

const size = 200;
const folder = () => join(inits.folder.path, 'cgroup');
const stat = (file: number, shmem: number, reclaimable = 0) =>
  `anon 0\nfile ${file * mebibyte}\nkernel 0\nshmem ${shmem * mebibyte}\nfile_mapped 7\nslab_reclaimable ${reclaimable * mebibyte}\n`;
const bytes = (mebibytes: number) => `${mebibytes * mebibyte}\n`;

/** Sizes in MiB. */
function makeTree({ current = 10, peak = 10, file = 0, shmem = 0, procs = '1\n' } = {}): void {
  mkdirSync(folder());
  const files = {
    'memory.current': bytes(current),
    'memory.peak': bytes(peak),
    'memory.stat': stat(file, shmem),
    'memory.events': 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n',
    'cgroup.procs': procs,
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder(), name), name === 'cgroup.procs' ? text : text.padEnd(size, '\n'));
  }
}

const open = () => inits.openAsPid1({ cgroupFolder: folder() });

describe('an init in a cgroup of version 2', () => {
  it('counts shared memory outside /tmp as own, and neither files nor reclaimable kernel memory', async () => {
    makeTree({ current: 100, peak: 100 });
    set('memory.stat', stat(60, 10, 5));
    const { connection } = await open();
    expect(connection.cgroupVersion).toBe(2);
    expect(await connection.figures()).toEqual({
      currentBytes: 45 * mebibyte,
      peakBytes: 45 * mebibyte,
      tmpBytes: 0,
    });
  });

  it('reports a burst between two samples by memory.peak', async () => {
    makeTree({ current: 10, peak: 10 });
    const { connection } = await open();
    await connection.figures({ resetPeak: true });
    set('memory.peak', bytes(90));
    expect(await connection.figures()).toMatchObject({
      currentBytes: 10 * mebibyte,
      peakBytes: 90 * mebibyte,
    });
  });

  it('reports the highest sample on kernels without memory.peak', async () => {
    makeTree();
    rmSync(join(folder(), 'memory.peak'));
    const { connection } = await open();
    await connection.figures({ resetPeak: true });
    set('memory.current', bytes(70));
    await connection.figures();
    set('memory.current', bytes(20));
    expect(await connection.figures()).toMatchObject({
      currentBytes: 20 * mebibyte,
      peakBytes: 70 * mebibyte,
    });
  });

  it('kills at the limit of own memory, whatever is cached', async () => {
    makeTree({ current: 500, peak: 500, file: 480 });
    const { connection, recorder } = await open();
    connection.watchMemory(128 * mebibyte);
    connection.start(shell('echo up; exec sleep 1000'));
    await recorder.untilPrinted('a', 'up');
    connection.start(shell('sleep 0.2', { name: 'b' }));
    expect(await recorder.exitOf('b')).toEqual({ code: 0, outOfMemory: false });
    expect(recorder.exits.has('a')).toBe(false);
    set('memory.current', bytes(620));
    expect(await recorder.exitOf('a')).toEqual({ signal: 'SIGKILL', outOfMemory: true });
  });

  it('reports a SIGKILL as out of memory if the kernel counted one since the process started', async () => {
    makeTree();
    const init = await open();
    const { connection, recorder } = init;
    connection.start(shell('echo $$; exec sleep 1000'));
    const pid = await printedPid(init);
    set('memory.events', 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 0\n');
    connection.start(shell('kill -KILL $$', { name: 'later' }));
    expect(await recorder.exitOf('later')).toEqual({ signal: 'SIGKILL', outOfMemory: false });
    connection.start(shell(`kill -KILL ${pid}`, { name: 'killer' }));
    expect(await recorder.exitOf('a')).toEqual({ signal: 'SIGKILL', outOfMemory: true });
  });

  it('does not take the memory of a cgroup that it shares with other processes for its own', async () => {
    makeTree({ current: 300, procs: '1\n0\n0\n' });
    const { connection, recorder } = await open();
    expect(connection.cgroupVersion).toBe(0);
    connection.watchMemory(128 * mebibyte);
    connection.start(shell('sleep 0.2'));
    expect(await recorder.exitOf('a')).toEqual({ code: 0, outOfMemory: false });
    expect(await connection.figures()).toEqual({ currentBytes: 0, peakBytes: 0, tmpBytes: 0 });
  });
});
