import {
  type Engine,
  EngineError,
  type ProcessSpec,
  type Sandbox,
  type SandboxSpec,
} from '../../src/engine/engine';
import { Recorder } from '../support/engine/recorder';
import { assignmentCases } from './assignment-cases';
import { connectionCases } from './connection-cases';
import type { Program } from './programs';
import { resourceCases } from './resource-cases';

/** An engine under the contract, with the means to look at it from outside. */
export interface Subject {
  /** Opens the engine anew, as a later start of the same instance does. */
  open(boot: string): Promise<Engine>;
  readonly image: string;
  /** For code and layers; removed by `close`. */
  readonly folder: string;
  process(name: string, program: Program, more?: Partial<ProcessSpec>): ProcessSpec;
  /** A command that no image has. */
  readonly missing: ProcessSpec['command'];
  /** The part of a spec that brings these extensions into a sandbox. */
  extensions(engine: Engine, names: readonly string[]): Promise<Partial<SandboxSpec>>;
  /** Ends a sandbox as another user of the engine would. */
  kill(engine: Engine, sandbox: Sandbox): Promise<void>;
  close(): Promise<void>;
}

/** A case with a sandbox of its own, which is removed whatever happens. */
export type WithSandbox = (
  title: string,
  body: (
    sandbox: Sandbox,
    recorder: Recorder,
    run: (name: string, program: Program) => void,
  ) => Promise<void>,
  change?: Partial<SandboxSpec>,
) => void;

/** What holds for every engine. Each case makes its sandboxes and removes them. */
export function engineContract(name: string, openSubject: () => Promise<Subject>, limitMs: number): void {
  describe(`engine contract: ${name}`, () => {
    jest.setTimeout(limitMs);
    let subject: Subject;
    let engine: Engine;
    let made = 0;

    beforeAll(async () => {
      subject = await openSubject();
      engine = await subject.open('first');
    });

    afterAll(async () => {
      await engine?.close();
      await subject?.close();
    });

    const spec = (change: Partial<SandboxSpec> = {}): SandboxSpec => {
      made += 1;
      return {
        id: `contract-${made}-${process.pid}`,
        image: subject.image,
        memoryMiB: 128,
        ephemeralStorageMiB: 512,
        ...change,
      };
    };

    const withSandbox: WithSandbox = (title, body, change) =>
      test(title, async () => {
        const sandbox = await engine.createSandbox(spec(change));
        try {
          const recorder = new Recorder();
          sandbox.listen(recorder);
          await body(sandbox, recorder, (name, program) => sandbox.start(subject.process(name, program)));
        } finally {
          await sandbox.remove();
        }
      });

    test('describes its name, CPUs, memory and architecture', async () => {
      const description = await engine.describe();
      expect(description.name).toMatch(/^\w+ \d/);
      expect(description.cpus).toBeGreaterThan(0);
      expect(description.memoryMiB).toBeGreaterThan(0);
      expect(['x86_64', 'arm64']).toContain(description.architecture);
    });

    withSandbox('nothing runs before start, and then the process runs', async (sandbox, recorder, run) => {
      expect(sandbox.alive).toBe(true);
      expect(sandbox.engineId).not.toBe('');
      await sandbox.figures();
      expect(recorder.events).toEqual([]);
      run('runtime', ['idle']);
      await recorder.untilPrinted('runtime', 'up');
    });

    withSandbox('output arrives complete, in order and before the exit', async (_sandbox, recorder, run) => {
      run('runtime', ['lines', 5_000]);
      expect(await recorder.exitOf('runtime')).toEqual({ code: 0, outOfMemory: false });
      const expected = Array.from({ length: 5_000 }, (_, index) => `line ${index + 1}\n`).join('');
      expect(recorder.text('runtime')).toBe(expected);
      expect(recorder.events.at(-1)).toBe('runtime exited 0');
    });

    withSandbox(
      'paused output holds back exits and answers until it is resumed, without loss',
      async (sandbox, recorder, run) => {
        const order: string[] = [];
        const output = recorder.output.bind(recorder);
        let pauses = 0;
        recorder.output = (...printed) => {
          output(...printed);
          if (pauses === 0) sandbox.pauseOutput();
          pauses += 1;
        };
        run('runtime', ['lines', 200_000]);
        await recorder.until(() => pauses > 0);
        const figures = sandbox.figures().then(() => order.push('figures'));
        const other = await engine.createSandbox(spec());
        try {
          for (let i = 0; i < 20; i++) await other.figures();
        } finally {
          await other.remove();
        }
        order.push('resumed');
        sandbox.resumeOutput();
        await recorder.exitOf('runtime');
        await figures;
        expect(order).toEqual(['resumed', 'figures']);
        expect(recorder.text('runtime').split('\n')).toHaveLength(200_001);
        expect(recorder.events.at(-1)).toBe('runtime exited 0');
      },
    );

    withSandbox('output names its process and its stream', async (sandbox, recorder) => {
      sandbox.start(subject.process('a', ['streams'], { telemetryDescriptor: true }));
      sandbox.start(subject.process('extension/b', ['streams'], { telemetryDescriptor: true }));
      await Promise.all([recorder.exitOf('a'), recorder.exitOf('extension/b')]);
      for (const process of ['a', 'extension/b']) {
        expect(recorder.text(process, 'stdout')).toBe('out');
        expect(recorder.text(process, 'stderr')).toBe('err');
        expect(recorder.text(process, 'telemetry')).toBe('log');
      }
    });

    withSandbox('reports exit codes and signals', async (_sandbox, recorder, run) => {
      run('three', ['exit', 3]);
      run('segv', ['crash', 'SIGSEGV']);
      run('kill', ['crash', 'SIGKILL']);
      expect(await recorder.exitOf('three')).toEqual({ code: 3, outOfMemory: false });
      expect(await recorder.exitOf('segv')).toEqual({ signal: 'SIGSEGV', outOfMemory: false });
      expect(await recorder.exitOf('kill')).toEqual({ signal: 'SIGKILL', outOfMemory: false });
    });

    withSandbox('a signal reaches its process and no other', async (sandbox, recorder, run) => {
      for (const name of ['idle', 'trap', 'other'] as const) run(name, [name === 'trap' ? 'trap' : 'idle']);
      for (const name of ['idle', 'trap', 'other']) await recorder.untilPrinted(name, 'up');
      sandbox.signal('idle', 'SIGTERM');
      sandbox.signal('trap', 'SIGTERM');
      expect(await recorder.exitOf('idle')).toEqual({ signal: 'SIGTERM', outOfMemory: false });
      expect(await recorder.exitOf('trap')).toEqual({ code: 7, outOfMemory: false });
      expect(recorder.text('trap')).toBe('upbye');
      sandbox.signal('trap', 'SIGKILL');
      await sandbox.figures();
      expect(recorder.exits.has('other')).toBe(false);
      sandbox.signal('other', 'SIGKILL');
      expect(await recorder.exitOf('other')).toEqual({ signal: 'SIGKILL', outOfMemory: false });
    });

    withSandbox('reports a process that cannot be started', async (sandbox, recorder) => {
      sandbox.start({ ...subject.process('a', ['idle']), command: subject.missing });
      sandbox.start({ ...subject.process('b', ['idle']), workingDirectory: '/nowhere' });
      await recorder.until(() => recorder.events.length === 2);
      expect([...recorder.events].sort()).toEqual([
        'a not started: command ENOENT',
        'b not started: working-directory ENOENT',
      ]);
    });

    withSandbox('a frozen sandbox stops, and continues when thawed', async (sandbox, recorder, run) => {
      const other = await engine.createSandbox(spec());
      try {
        const clock = new Recorder();
        other.listen(clock);
        other.start(subject.process('clock', ['ticker']));
        const ticks = (of: Recorder, process: string) => of.text(process).split('tick').length - 1;
        run('runtime', ['ticker']);
        await recorder.until(() => ticks(recorder, 'runtime') > 2);
        sandbox.freeze();
        await sandbox.figures();
        const frozenAt = ticks(recorder, 'runtime');
        const from = ticks(clock, 'clock');
        await clock.until(() => ticks(clock, 'clock') > from + 20);
        await sandbox.figures();
        expect(ticks(recorder, 'runtime')).toBe(frozenAt);
        sandbox.thaw();
        await recorder.until(() => ticks(recorder, 'runtime') > frozenAt + 2);
      } finally {
        await other.remove();
      }
    });

    withSandbox('signals also end frozen processes', async (sandbox, recorder, run) => {
      run('trap', ['trap']);
      run('idle', ['idle']);
      await recorder.untilPrinted('trap', 'up');
      await recorder.untilPrinted('idle', 'up');
      sandbox.freeze();
      sandbox.signal('trap', 'SIGTERM');
      sandbox.signal('idle', 'SIGKILL');
      expect(await recorder.exitOf('trap')).toEqual({ code: 7, outOfMemory: false });
      expect(await recorder.exitOf('idle')).toEqual({ signal: 'SIGKILL', outOfMemory: false });
    });

    connectionCases(withSandbox);
    resourceCases(withSandbox);
    assignmentCases({ withSandbox, folder: () => subject.folder, keepCopies: (of) => engine.keepCopies(of) });

    test('lists extensions by name, in order', async () => {
      const none = await engine.createSandbox(spec());
      try {
        expect(await none.extensions()).toEqual([]);
      } finally {
        await none.remove();
      }
      const part = await subject.extensions(engine, ['telemetry', 'agent']);
      const two = await engine.createSandbox(spec(part));
      try {
        const files = await two.extensions();
        expect(files.filter(({ executable }) => executable).map(({ name }) => name)).toEqual([
          'agent',
          'telemetry',
        ]);
      } finally {
        await two.remove();
      }
    });

    withSandbox(
      'a sandbox killed from outside is reported as lost, once and last',
      async (sandbox, recorder, run) => {
        run('runtime', ['idle']);
        await recorder.untilPrinted('runtime', 'up');
        await subject.kill(engine, sandbox);
        await recorder.until(() => recorder.lostReasons.length > 0);
        expect(sandbox.alive).toBe(false);
        await expect(sandbox.figures()).rejects.toBeInstanceOf(EngineError);
        sandbox.thaw();
        sandbox.signal('runtime', 'SIGKILL');
        await sandbox.remove();
        expect(recorder.lostReasons).toHaveLength(1);
        expect(recorder.events.at(-1)).toMatch(/^lost ./);
      },
    );

    test('a sandbox that died before it has a listener reports it at once', async () => {
      const sandbox = await engine.createSandbox(spec());
      try {
        await subject.kill(engine, sandbox);
        const recorder = new Recorder();
        sandbox.listen(recorder);
        await recorder.until(() => recorder.lostReasons.length > 0);
        expect(sandbox.alive).toBe(false);
      } finally {
        await sandbox.remove();
      }
    });

    withSandbox('removal can be repeated and emits no event', async (sandbox, recorder, run) => {
      run('runtime', ['idle']);
      await recorder.untilPrinted('runtime', 'up');
      const before = [...recorder.events];
      await Promise.all([sandbox.remove(), sandbox.remove()]);
      await sandbox.remove();
      expect(sandbox.alive).toBe(false);
      expect(recorder.events).toEqual(before);
    });

    test('refuses an id that was used before', async () => {
      const one = spec();
      const sandbox = await engine.createSandbox(one);
      try {
        await expect(engine.createSandbox(one)).rejects.toMatchObject({ kind: 'refused' });
      } finally {
        await sandbox.remove();
      }
    });

    test('a later boot sweeps only sandboxes of earlier boots', async () => {
      const left = await engine.createSandbox(spec());
      const later = await subject.open('second');
      try {
        const recorder = new Recorder();
        left.listen(recorder);
        const own = await later.createSandbox(spec());
        // An earlier boot that lives keeps its sandboxes.
        expect(await later.sweep(() => new Set(['first']))).toBe(0);
        await left.figures();
        expect(await later.sweep()).toBe(1);
        await recorder.until(() => recorder.lostReasons.length > 0);
        expect(own.alive).toBe(true);
        await own.figures();
        expect(await later.sweep()).toBe(0);
        await own.remove();
      } finally {
        await left.remove();
        await later.close();
      }
    });
  });
}
