import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, Sandbox, SandboxSpec } from '../../src/engine/engine';
import { Recorder } from '../support/engine/recorder';
import { type DockerSubject, openDockerSubject } from './docker-subject';
import { processOf } from './programs';

jest.setTimeout(180_000);

let subject: DockerSubject;
let engine: Engine;
let made = 0;

beforeAll(async () => {
  subject = await openDockerSubject();
  engine = await subject.open('first');
});

afterAll(async () => {
  await engine?.close();
  await subject?.close();
});

interface Inside {
  readonly sandbox: Sandbox;
  readonly recorder: Recorder;
  /** Runs Python code to its end; resolves to what it printed, stderr included. */
  python(code: string): Promise<string>;
}

async function inSandbox(
  body: (inside: Inside) => Promise<void>,
  change: Partial<SandboxSpec> = {},
): Promise<void> {
  made += 1;
  const sandbox = await engine.createSandbox({
    id: `limits-${made}-${process.pid}`,
    image: subject.image,
    memoryMiB: 128,
    ephemeralStorageMiB: 512,
    ...change,
  });
  try {
    const recorder = new Recorder();
    sandbox.listen(recorder);
    let runs = 0;
    const python = async (code: string) => {
      runs += 1;
      const name = `p${runs}`;
      const environment = { PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin' };
      sandbox.start(processOf(name, ['/usr/bin/env', 'python3', '-c', code], { environment }));
      await recorder.exitOf(name);
      return (recorder.text(name) + recorder.text(name, 'stderr')).trim();
    };
    await body({ sandbox, recorder, python });
  } finally {
    await sandbox.remove();
  }
}

test('runs as the function user, without capabilities or a way to gain any, and shows nothing of the host', () =>
  inSandbox(async ({ python }) => {
    const printed = await python(`
import os, socket, subprocess
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
print(os.getuid(), os.getgid(), os.getgroups(), socket.gethostname())
print(*[int(status[each], 16) for each in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")], status["NoNewPrivs"])
print(os.path.exists("/dev/shm"), os.path.exists("/.lambdock/init"), sorted(os.environ))
print(socket.gethostbyname("sandbox.localdomain"), socket.gethostbyname("sandbox"))
`);
    expect(printed.split('\n')).toEqual([
      '993 990 [990] lambda',
      '0 0 0 0 0 1',
      "False True ['LC_CTYPE', 'PATH']",
      '127.0.0.1 127.0.0.1',
    ]);
  }));

test('only /tmp is writable, and programs in it can run', async () => {
  const codeFolder = join(subject.dataFolder, 'code');
  const layersFolder = join(subject.dataFolder, 'layers');
  for (const folder of [codeFolder, layersFolder]) {
    await mkdir(folder);
    await writeFile(join(folder, 'file'), 'content');
  }
  await inSandbox(
    async ({ python }) => {
      const printed = await python(`
import os, subprocess
for folder in ("/", "/etc", "/var", "/var/task", "/opt", "/run", "/dev", "/.lambdock", "/home", "/sys", "/proc"):
    try:
        open(folder + "/x", "w")
        print(folder, "WRITTEN")
    except OSError as error:
        print(os.strerror(error.errno))
print(open("/var/task/file").read(), open("/opt/file").read())
with open("/tmp/script", "w") as file:
    file.write("#!/bin/sh\\necho ran")
os.chmod("/tmp/script", 0o755)
print(subprocess.run(["/tmp/script"], capture_output=True, text=True).stdout.strip())
`);
      const [written, read, ran] = [printed.split('\n').slice(0, 11), ...printed.split('\n').slice(11)];
      for (const each of written) {
        expect(['Read-only file system', 'Permission denied', 'No such file or directory']).toContain(each);
      }
      expect([read, ran]).toEqual(['content content', 'ran']);
    },
    { codeFolder, layersFolder },
  );
});

test('/tmp is limited to its size', () =>
  inSandbox(
    async ({ python }) => {
      const printed = await python(`
import os, shutil
print(shutil.disk_usage("/tmp").total // 1048576)
try:
    with open("/tmp/x", "wb") as file:
        for _ in range(700): file.write(b"x" * 1048576)
except OSError as error:
    print(os.strerror(error.errno), os.path.getsize("/tmp/x") // 1048576)
`);
      expect(printed.split('\n')).toEqual(['600', 'No space left on device 600']);
    },
    { ephemeralStorageMiB: 600 },
  ));

test('a process has at most 1,024 open files', () =>
  inSandbox(async ({ python }) => {
    const printed = await python(`
import os, resource
print(resource.getrlimit(resource.RLIMIT_NOFILE))
opened = []
try:
    while True: opened.append(os.open("/dev/null", os.O_RDONLY))
except OSError as error:
    print(os.strerror(error.errno), opened[-1])
`);
    expect(printed.split('\n')).toEqual(['(1024, 1024)', 'Too many open files 1023']);
  }));

test('a fork bomb is limited to 1,024 processes, does not affect another sandbox, and ends with a reset', () =>
  inSandbox(
    async ({ sandbox, recorder, python }) => {
      const bomb = `
import os, sys
count = 0
try:
    while True:
        if os.fork() == 0:
            import signal
            while True: signal.pause()
        count += 1
except OSError as error:
    sys.stdout.write(f"{os.strerror(error.errno)} {count}\\n")
    sys.stdout.flush()
    import signal
    while True: signal.pause()
`;
      const environment = { PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin' };
      sandbox.start(processOf('bomb', ['/usr/bin/env', 'python3', '-c', bomb], { environment }));
      await recorder.until(() => recorder.text('bomb').includes('\n') || recorder.exits.has('bomb'));
      expect(recorder.text('bomb')).toBe('Resource temporarily unavailable 1023\n');
      await inSandbox(async (other) => expect(await other.python('print("unharmed")')).toBe('unharmed'));
      await sandbox.reset();
      expect(await python('print("again")')).toBe('again');
    },
    { memoryMiB: 3_008 },
  ));

test('a busy process gets its share of a vCPU', () =>
  inSandbox(async ({ sandbox, python }) => {
    const share = 0.1;
    await sandbox.limitCpu(share);
    const printed = await python(`
import time
wall, busy = time.perf_counter(), time.process_time()
while time.perf_counter() - wall < 2: pass
print((time.process_time() - busy) / (time.perf_counter() - wall))
`);
    expect(Number(printed)).toBeGreaterThan(share * 0.9);
    expect(Number(printed)).toBeLessThan(share * 1.1);
  }));

test('code that grows slowly past the limit is killed at the limit', () =>
  inSandbox(async ({ sandbox, recorder }) => {
    const code = `
import time
kept = []
while True:
    kept.append(b"x" * 1048576)
    print(len(kept), flush=True)
    time.sleep(0.002)
`;
    const environment = { PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin' };
    sandbox.start(processOf('p', ['/usr/bin/env', 'python3', '-c', code], { environment }));
    expect(await recorder.exitOf('p')).toEqual({ signal: 'SIGKILL', outOfMemory: true });
    const reached = Number(recorder.text('p').trim().split('\n').at(-1));
    expect(reached).toBeGreaterThan(100);
    expect(reached).toBeLessThan(128);
  }));

const path = '/var/lang/bin:/usr/local/bin:/usr/bin:/bin';
const python = (name: string, code: string) =>
  processOf(name, ['/usr/bin/env', 'python3', '-c', code], { environment: { PATH: path } });

test.each([
  ['an anonymous shared mapping', 'kept = mmap.mmap(-1, size)'],
  ['a memfd', 'fd = os.memfd_create("x"); os.ftruncate(fd, size); kept = mmap.mmap(fd, size)'],
])('%s counts as memory: in the figures, and against the limit', (_what, mapping) =>
  inSandbox(async ({ sandbox, recorder }) => {
    const code = (mebibytes: number) => `
import mmap, os, time
size = ${mebibytes} * 1048576
${mapping}
for at in range(0, size, 1048576):
    kept[at:at + 1048576] = b"x" * 1048576
    time.sleep(0.001)
print("up", flush=True)
time.sleep(1000)
`;
    sandbox.start(python('within', code(60)));
    await recorder.untilPrinted('within', 'up');
    const { currentBytes, peakBytes, tmpBytes } = await sandbox.figures();
    expect(currentBytes).toBeGreaterThanOrEqual(60 * 1_048_576);
    expect(peakBytes).toBeLessThan(90 * 1_048_576);
    expect(tmpBytes).toBe(0);
    await sandbox.reset();
    sandbox.start(python('beyond', code(200)));
    expect(await recorder.exitOf('beyond')).toEqual({ signal: 'SIGKILL', outOfMemory: true });
    expect(recorder.text('beyond')).toBe('');
  }),
);

/**
 * Timers with SIGCONT as their signal continue it however often it is stopped. It prints at each, and once, shortly after
 * it was armed by SIGTERM, allocates more than its memory.
 */
const undead = `
import ctypes, os, signal, time
kept, allocate_at = [], None
def armed(*_):
    global allocate_at
    allocate_at = time.monotonic() + 0.1
    os.write(1, b"armed")
def continued(*_):
    os.write(1, b"tick")
    if allocate_at is not None and time.monotonic() > allocate_at and not kept: kept.append(b"x" * 209715200)
signal.signal(signal.SIGTERM, armed)
signal.signal(signal.SIGCONT, continued)
libc = ctypes.CDLL(None)
event = (ctypes.c_int * 16)()
event[2] = signal.SIGCONT
for i in range(16):
    timer = ctypes.c_void_p()
    assert libc.timer_create(1, ctypes.byref(event), ctypes.byref(timer)) == 0
    times = (ctypes.c_long * 4)(0, 7_000_000 + i * 100_000, 0, 7_000_000)
    assert libc.timer_settime(timer, 0, ctypes.byref(times), None) == 0
while True: time.sleep(1)
`;

test('a process that leaves the freeze by timers is stopped again or killed, and stays within its memory', () =>
  inSandbox(async ({ sandbox, recorder }) => {
    sandbox.start(python('runtime', undead));
    await recorder.untilPrinted('runtime', 'tick');
    sandbox.signal('runtime', 'SIGTERM');
    await recorder.untilPrinted('runtime', 'armed');
    sandbox.freeze();
    await inSandbox(async (other) => {
      let printed = -1;
      while (!recorder.exits.has('runtime') && printed !== recorder.text('runtime').length) {
        printed = recorder.text('runtime').length;
        await other.python('import time; time.sleep(1)');
        await sandbox.figures();
      }
    });
    expect((await sandbox.figures()).currentBytes).toBeLessThan(128 * 1_048_576);
    if (recorder.exits.has('runtime')) expect(recorder.exits.get('runtime')?.signal).toBe('SIGKILL');
  }));

describe('sandboxes that cannot be created', () => {
  const spec: SandboxSpec = {
    id: `unmade-${process.pid}`,
    image: 'probe',
    memoryMiB: 128,
    ephemeralStorageMiB: 512,
  };

  test('a missing image is reported as missing, and leaves nothing behind', async () => {
    await expect(
      engine.createSandbox({ ...spec, image: 'lambdock/none:000000000000' }),
    ).rejects.toMatchObject({
      kind: 'image-missing',
    });
    await nothingIsLeft();
  });

  test('a refusal of the engine is reported in its words, and leaves nothing behind', async () => {
    const tooSmall = { ...spec, image: subject.image, memoryMiB: -600 };
    await expect(engine.createSandbox(tooSmall)).rejects.toMatchObject({
      kind: 'sandbox-failed',
      message: expect.stringMatching(/memory/i),
    });
    await nothingIsLeft();
  });

  test('refuses an id that could leave its folder', async () => {
    await expect(engine.createSandbox({ ...spec, id: '../x' })).rejects.toMatchObject({ kind: 'refused' });
  });

  async function nothingIsLeft(): Promise<void> {
    const filters = { label: [`lambdock.environment=${spec.id}`] };
    expect(await subject.docker.listContainers({ all: true, filters })).toEqual([]);
    // The same id can be used again, so neither folder nor name is taken.
    const again = await engine.createSandbox({ ...spec, image: subject.image });
    await again.remove();
  }
});
