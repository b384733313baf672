import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ZipFile } from 'yazl';
import { Caller } from './caller';
import { Child, run } from './child';
import { quantile } from './figures';

/** What calls do, and of how many in a thousand. Everything else is answered. */
const acts: Readonly<Record<string, number>> = { error: 30, exit: 5, timeout: 1, memory: 2, flood: 5 };
/** Of how many calls in a thousand a deploy comes before. */
const deploys = 50;
const functions = ['one', 'two', 'three', 'four'];
const instance = `soak-${process.pid}`;

const code = `import os, sys, time

def handler(event, context):
    act = event.get("act")
    if act == "error": raise ValueError("on purpose")
    if act == "exit": os._exit(1)
    if act == "timeout": time.sleep(60)
    if act == "memory": return len(bytearray(1 << 30))
    if act == "flood":
        for _ in range(16): os.write(1, b"\\n" * 65536)
    return event
`;

/** What must be at the end as it was at the beginning. */
interface Holdings {
  readonly memoryMB: number;
  readonly descriptors: number;
  readonly containers: number;
  readonly files: number;
}

async function holdings(pid: number, data: string): Promise<Holdings> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const listed = await run(
    'docker',
    'ps',
    '--all',
    '--quiet',
    '--filter',
    `label=lambdock.instance=${instance}`,
  );
  return {
    memoryMB: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024),
    descriptors: (await readdir(`/proc/${pid}/fd`)).length,
    containers: listed.split('\n').filter((line) => line !== '').length,
    files: (await readdir(data, { recursive: true })).filter((file) => !file.startsWith('logs')).length,
  };
}

function zipOf(text: string): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(text), 'app.py');
  zip.end();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    zip.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk));
    zip.outputStream.on('error', reject).on('end', () => resolve(Buffer.concat(chunks)));
  });
}

const path = '/2015-03-31/functions';

async function create(caller: Caller, name: string, zip: string): Promise<void> {
  const { status, body } = await caller.send(
    'POST',
    path,
    Buffer.from(
      JSON.stringify({
        FunctionName: name,
        Runtime: 'python3.13',
        Handler: 'app.handler',
        Role: 'arn:aws:iam::000000000000:role/any',
        Timeout: 2,
        MemorySize: 256,
        Code: { ZipFile: zip },
      }),
    ),
  );
  if (status !== 201) throw new Error(`CreateFunction answered ${status}: ${body}`);
  await settled(caller, name);
}

async function settled(caller: Caller, name: string): Promise<void> {
  for (;;) {
    const { body } = await caller.send('GET', `${path}/${name}/configuration`);
    const { State, LastUpdateStatus } = JSON.parse(body.toString()) as Record<string, string>;
    if (State === 'Active' && LastUpdateStatus !== 'InProgress') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Work {
  readonly caller: Caller;
  readonly zips: readonly string[];
  readonly until: number;
  calls: number;
  /** Answers by `act status error`. */
  readonly answers: Map<string, number>;
  readonly times: number[];
}

/** One of the clients. Which act comes next is the same in every run. */
async function client(work: Work, seed: number): Promise<void> {
  const upTo = random(seed);
  while (work.calls > 0 && performance.now() < work.until) {
    work.calls -= 1;
    const name = functions[upTo(functions.length)] ?? '';
    if (upTo(1_000) < deploys) {
      const ZipFile = work.zips[upTo(work.zips.length)];
      const body = Buffer.from(JSON.stringify({ ZipFile }));
      const { status } = await work.caller.send('PUT', `${path}/${name}/code`, body);
      count(work, `deploy ${status}`);
    }
    const act = actAt(upTo(1_000));
    const { status, body, ms } = await work.caller.send(
      'POST',
      `${path}/${name}/invocations`,
      Buffer.from(JSON.stringify({ act })),
    );
    const error = /"errorType": ?"([^"]+)"/.exec(body.toString())?.[1] ?? '';
    count(work, `${act} ${status} ${error}`.trim());
    if (act === 'echo') work.times.push(ms);
  }
}

/** Numbers from 0 below `most`, the same in every run (mulberry32). */
function random(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * most);
  };
}

function actAt(chosen: number): string {
  let below = 0;
  for (const [act, share] of Object.entries(acts)) {
    below += share;
    if (chosen < below) return act;
  }
  return 'echo';
}

const count = ({ answers }: Work, key: string) => answers.set(key, (answers.get(key) ?? 0) + 1);

/** Until what is idle has been let go. */
async function rested(pid: number, data: string, atMost?: Holdings): Promise<Holdings> {
  const giveUpMs = performance.now() + 90_000;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const now = await holdings(pid, data);
    const isDown = now.containers <= (atMost?.containers ?? 2) && now.files <= (atMost?.files ?? now.files);
    if (isDown || performance.now() > giveUpMs) return now;
  }
}

async function soak(calls: number, clients: number, minutes: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lambdock-soak-'));
  const kept = join(__dirname, '..', '..', '..', '.lambdock', 'bench', 'soak');
  await mkdir(kept, { recursive: true });
  await writeFile(join(folder, 'lambdock.yaml'), 'functions: {}\n');
  const port = 20_000 + (process.pid % 10_000);
  const main = join(__dirname, '..', '..', '..', 'dist', 'main.js');
  const options = ['--data', kept, '--port', String(port), '--instance', instance, '--idle-timeout', '5'];
  const child = new Child(process.execPath, [main, 'start', ...options, '--log-file-size', '1'], {
    folder,
    graceMs: 30_000,
  });
  const caller = new Caller(`http://127.0.0.1:${port}`);
  try {
    await child.printed(/listening at/);
    const zips = await Promise.all(
      [1, 2, 3].map(async (each) => (await zipOf(`${code}# ${each}\n`)).toString('base64')),
    );
    for (const [at, name] of functions.entries()) {
      await caller.send('DELETE', `${path}/${name}`);
      await create(caller, name, zips[at % zips.length] ?? '');
    }
    const work = (most: number): Work => ({
      caller,
      zips,
      until: performance.now() + minutes * 60_000,
      calls: most,
      answers: new Map(),
      times: [],
    });
    const during = async (each: Work) => {
      await Promise.all(Array.from({ length: clients }, (_, seed) => client(each, seed + 1)));
    };
    // Caches, files and the heap have their size after some calls.
    await during(work(Math.min(2_000, calls / 10)));
    const before = await rested(child.pid, kept);
    const measured = work(calls);
    const startMs = performance.now();
    await during(measured);
    const tookS = (performance.now() - startMs) / 1_000;
    const after = await rested(child.pid, kept, before);
    process.stdout.write(report(measured, calls, tookS, before, after));
  } finally {
    caller.close();
    await child.stop();
    await rm(folder, { recursive: true });
  }
}

function report(work: Work, calls: number, tookS: number, before: Holdings, after: Holdings): string {
  const rows = (Object.keys(before) as (keyof Holdings)[]).map(
    (key) => `| ${key} | ${before[key]} | ${after[key]} |`,
  );
  const answers = [...work.answers].sort().map(([key, times]) => `| ${key} | ${times} |`);
  return [
    `${calls - work.calls} calls in ${tookS.toFixed(0)} s; answered ones: p50 ${quantile(work.times, 0.5).toFixed(2)} ms, p99 ${quantile(work.times, 0.99).toFixed(1)} ms`,
    '',
    '| what | at the beginning | at the end |',
    '|---|---|---|',
    ...rows,
    '',
    '| act, status, error | times |',
    '|---|---|',
    ...answers,
    '',
  ].join('\n');
}

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    clients: { type: 'string', default: '4' },
    minutes: { type: 'string', default: '15' },
  },
});
soak(Number(values.calls), Number(values.clients), Number(values.minutes)).catch((error: unknown) => {
  process.stderr.write(`soak | ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
