import type { FiguresOptions, MemoryFigures } from '../../src/engine/engine';
import { Invocation } from '../../src/execution/invocation';
import type { EndedTask, Task } from '../../src/execution/lifecycle/lifecycle-types';
import { LogRecorder } from '../../src/execution/log-recorder';
import { type Deferred, deferred } from '../../src/lib/deferred';
import { Journal } from '../../src/telemetry/journal';
import { TestClock } from '../support/fakes/test-clock';
import { aFunctionVersion, anInvocationRequest } from '../support/functions/function-versions';

const laterTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** A log keeper, what it says in few words, and what it asks for. */
class Kept {
  readonly journal = new Journal();
  readonly clock = new TestClock(0);
  readonly keeper = new LogRecorder(aFunctionVersion(), {
    journal: this.journal,
    clock: this.clock,
    dial: () => Promise.reject(new Error('no sandbox')),
    initializationType: 'on-demand',
    fail,
  });
  readonly asked: { options: FiguresOptions; answer: Deferred<MemoryFigures> }[] = [];

  start(requestId: string, tail = false): Task {
    const invocation = new Invocation(anInvocationRequest({ requestId, tail }));
    const task: Task = { invocation, startedAt: 0, deadlineAt: 0 };
    this.keeper.started(task);
    this.keeper.delivered();
    return task;
  }

  end(task: Task, status: EndedTask['status'] = 'success'): void {
    task.invocation.settle({ kind: 'succeeded', payload: Buffer.from('{}'), contentType: '' });
    this.keeper.ended({ task, status, durationMs: 1 }, (options) => {
      const answer = deferred<MemoryFigures>();
      this.asked.push({ options, answer });
      return answer.promise;
    });
  }

  print(text: string): void {
    this.keeper.output('runtime', 'stdout', Buffer.from(text));
  }

  measure(mebibytes: number): void {
    const figures = { currentBytes: 0, peakBytes: mebibytes * 1_048_576, tmpBytes: 0 };
    for (const { answer } of this.asked.splice(0)) answer.resolve(figures);
  }

  get said(): string[] {
    return this.journal.lines().map(({ requestId = '-', text }) => {
      const memory = /Max Memory Used: \d+ MB/.exec(text)?.[0];
      return `${requestId} ${text.startsWith('REPORT') ? `REPORT ${memory}` : text.split(' ', 1)[0]}`;
    });
  }
}

function fail(cause: unknown): void {
  throw cause;
}

describe('with relayed output', () => {
  test('output that arrives before the figures belongs to the ended invocation', async () => {
    const kept = new Kept();
    const first = kept.start('1');
    kept.end(first);
    kept.print('one\n');
    const second = kept.start('2');
    await laterTurn();
    kept.print('still one\n');
    expect(kept.asked.map(({ options }) => options)).toEqual([{}]);
    kept.measure(5);
    await laterTurn();
    kept.print('two\n');
    kept.end(second, 'timeout');
    kept.measure(6);
    await laterTurn();
    expect(kept.said).toEqual([
      '1 START',
      '1 one',
      '1 still',
      '1 END',
      '1 REPORT Max Memory Used: 5 MB',
      '2 START',
      '2 two',
      '2 END',
      '2 REPORT Max Memory Used: 6 MB',
    ]);
  });
});

describe('with direct output', () => {
  const direct = () => {
    const kept = new Kept();
    kept.keeper.outputComesInOrder = true;
    return kept;
  };

  test('output after the turn of an end belongs to the next invocation, however late the figures are', async () => {
    const kept = direct();
    const first = kept.start('1');
    await laterTurn();
    kept.print('one\n');
    kept.end(first);
    kept.print('one, read in the same turn\n');
    const second = kept.start('2');
    await laterTurn();
    kept.print('two\n');
    await laterTurn();
    kept.end(second);
    await laterTurn();
    expect(kept.said).toEqual(['1 START', '1 one', '1 one,']);
    expect(kept.asked.map(({ options }) => options)).toEqual([{ withinMs: 10 }, { withinMs: 10 }]);
    kept.measure(7);
    await laterTurn();
    expect(kept.said.slice(3)).toEqual([
      '1 END',
      '1 REPORT Max Memory Used: 7 MB',
      '2 START',
      '2 two',
      '2 END',
      '2 REPORT Max Memory Used: 7 MB',
    ]);
  });

  test('output that was paused at the end is logged before the end', async () => {
    const read = deferred<void>();
    let isPaused = true;
    const kept = new Kept();
    kept.keeper.follow({
      direct: true,
      pauseOutput: () => undefined,
      resumeOutput: () => undefined,
      outputRead: () => (isPaused ? read.promise : undefined),
    });
    const first = kept.start('1');
    await laterTurn();
    kept.print('one\n');
    kept.end(first);
    await laterTurn();
    kept.print('late\n');
    kept.measure(7);
    await laterTurn();
    expect(kept.said).toEqual(['1 START', '1 one']);
    isPaused = false;
    read.resolve();
    const second = kept.start('2');
    await laterTurn();
    kept.print('two\n');
    kept.end(second);
    kept.measure(7);
    await laterTurn();
    expect(kept.said.slice(2)).toEqual([
      '1 late',
      '1 END',
      '1 REPORT Max Memory Used: 7 MB',
      '2 START',
      '2 two',
      '2 END',
      '2 REPORT Max Memory Used: 7 MB',
    ]);
  });

  test('a line has the time of its event, however late it is written', async () => {
    const kept = direct();
    kept.end(kept.start('1'));
    await laterTurn();
    kept.clock.advance(3);
    const second = kept.start('2');
    await laterTurn();
    kept.clock.advance(2);
    kept.print('two\n');
    kept.clock.advance(1);
    kept.end(second);
    kept.clock.advance(14);
    kept.measure(1);
    await laterTurn();
    kept.measure(1);
    await laterTurn();
    expect(kept.journal.lines().map(({ timeMs }) => timeMs)).toEqual([0, 0, 0, 3, 5, 6, 6]);
  });

  test('requests figures at once if a caller waits for the log, or the function failed', async () => {
    const kept = direct();
    const tailed = kept.start('1', true);
    kept.end(tailed);
    const failed = kept.start('2');
    kept.end(failed, 'failure');
    expect(kept.asked.map(({ options }) => options)).toEqual([{}, {}]);
    kept.measure(3);
    const { logTail } = await tailed.invocation.ended;
    expect(logTail?.toString()).toContain('Max Memory Used: 3 MB');
  });
});
