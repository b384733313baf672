import { Recorder } from '../support/engine/recorder';
import type { WithSandbox } from './engine-contract';

const mebibyte = 1024 * 1024;

/** What holds for memory, /tmp and the CPU share of a sandbox. */
export function resourceCases(withSandbox: WithSandbox): void {
  withSandbox('a reset ends every process and keeps /tmp', async (sandbox, recorder, run) => {
    run('big', ['grow', 60]);
    run('writer', ['fill', '/tmp/kept', 5]);
    await recorder.untilPrinted('big', 'up');
    await recorder.untilPrinted('writer', 'up');
    expect((await sandbox.figures()).currentBytes).toBeGreaterThanOrEqual(60 * mebibyte);
    sandbox.freeze();
    await sandbox.reset();
    expect([...recorder.exits.entries()].sort()).toEqual([
      ['big', { signal: 'SIGKILL', outOfMemory: false }],
      ['writer', { signal: 'SIGKILL', outOfMemory: false }],
    ]);
    const figures = await sandbox.figures();
    expect(figures.currentBytes).toBeLessThan(40 * mebibyte);
    expect(figures.tmpBytes).toBeGreaterThanOrEqual(5 * mebibyte);
    run('reader', ['size', '/tmp/kept']);
    await recorder.exitOf('reader');
    expect(recorder.text('reader')).toBe(String(5 * mebibyte));
  });

  withSandbox('figures include the peak, which can be reset', async (sandbox, recorder, run) => {
    run('big', ['grow', 50]);
    await recorder.untilPrinted('big', 'up');
    sandbox.signal('big', 'SIGKILL');
    await recorder.exitOf('big');
    const { currentBytes, peakBytes } = await sandbox.figures({ resetPeak: true });
    expect(peakBytes).toBeGreaterThanOrEqual(50 * mebibyte);
    expect(peakBytes).toBeLessThan(128 * mebibyte);
    expect(currentBytes).toBeLessThan(40 * mebibyte);
    expect((await sandbox.figures()).peakBytes).toBeLessThan(40 * mebibyte);
  });

  withSandbox(
    'a process above the memory limit is killed, and the sandbox goes on',
    async (sandbox, recorder, run) => {
      run('innocent', ['grow', 100]);
      await recorder.untilPrinted('innocent', 'up');
      run('greedy', ['grow', 200]);
      expect(await recorder.exitOf('greedy')).toEqual({ signal: 'SIGKILL', outOfMemory: true });
      expect(recorder.text('greedy')).toBe('');
      await sandbox.reset();
      run('next', ['exit', 0]);
      expect(await recorder.exitOf('next')).toEqual({ code: 0, outOfMemory: false });
    },
  );

  withSandbox(
    '/tmp holds its size in addition to the memory, and no more',
    async (sandbox, recorder, run) => {
      run('filler', ['fill', '/tmp/a', 500]);
      await recorder.untilPrinted('filler', 'up');
      expect(recorder.text('filler')).toBe('up');
      run('over', ['fill', '/tmp/b', 13]);
      await recorder.until(() => recorder.text('over') !== '' || recorder.exits.has('over'));
      expect(recorder.text('over')).toBe('ENOSPC');
      const { currentBytes, tmpBytes } = await sandbox.figures();
      expect(tmpBytes).toBeGreaterThanOrEqual(500 * mebibyte);
      expect(currentBytes).toBeLessThan(128 * mebibyte);
      expect(recorder.exits.size).toBe(0);
    },
  );

  withSandbox('a recycled sandbox is as it was when it was created', async (sandbox, recorder, run) => {
    run('writer', ['fill', '/tmp/left', 3]);
    run('eater', ['grow', 40]);
    await recorder.untilPrinted('writer', 'up');
    await recorder.untilPrinted('eater', 'up');
    await sandbox.limitCpu(128 / 1769);
    expect((await sandbox.figures()).peakBytes).toBeGreaterThanOrEqual(40 * mebibyte);
    sandbox.freeze();
    expect(await sandbox.recycle()).toBe(true);
    const before = [...recorder.events];
    expect(recorder.exits.size).toBe(2);
    const next = new Recorder();
    sandbox.listen(next);
    const figures = await sandbox.figures();
    expect(figures.tmpBytes).toBe(0);
    expect(figures.peakBytes).toBeLessThan(20 * mebibyte);
    run('reader', ['size', '/tmp/left']);
    await next.exitOf('reader');
    expect(next.text('reader')).toBe('absent');
    expect(recorder.events).toEqual(before);
  });

  withSandbox('sets and changes the CPU share', async (sandbox, recorder, run) => {
    await sandbox.limitCpu(128 / 1769);
    await sandbox.limitCpu(5.79);
    run('runtime', ['exit', 0]);
    expect(await recorder.exitOf('runtime')).toEqual({ code: 0, outOfMemory: false });
  });
}
