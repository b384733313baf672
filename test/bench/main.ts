import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BareRuntime } from './bare-runtime';
import { Caller } from './caller';
import { Child, run } from './child';
import { measureCold, measureSequence } from './cold';
import { measureConcurrent } from './concurrent';
import { measureEdits } from './edit';
import {
  measureClients,
  measureExtension,
  measureIdle,
  measureLarge,
  measureMemory,
  measureStream,
} from './environment';
import { median, type Row, renderTable } from './figures';
import { measureBursts, measureFirst } from './first';
import { writeFunctions } from './functions';
import { Lambdock } from './lambdock';
import { measureListing } from './listing';
import { measurePage } from './page';
import { type Contender, measureWarm } from './warm';

/** Making images may take its time the first time; measuring may not. */
const measureAtMostMs = 400_000;

/** Kept between runs: images' files and downloads. */
const keptFolder = join(__dirname, '..', '..', '..', '.lambdock', 'bench');

const undo: (() => unknown)[] = [];

/** What can be measured by itself: `--only warm`, `--only cold,concurrent`. */
const parts = [
  ...(['start', 'first', 'bursts', 'edit', 'warm', 'cold', 'concurrent', 'listing', 'page'] as const),
  ...(['extension', 'stream', 'large', 'clients', 'memory', 'idle'] as const),
];
type Part = (typeof parts)[number];

async function bench(
  rie: string | undefined,
  wanted: ReadonlySet<Part>,
  say: (sentence: string) => void,
): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lambdock-bench-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const template = await writeFunctions(folder);

  say('starting lambdock twice, with spares and without');
  const open = async (name: string, spares?: number) => {
    const lambdock = await Lambdock.start(template, join(keptFolder, name), await freePort(), spares);
    undo.push(() => lambdock.stop());
    return lambdock;
  };
  const withSpare = await open('with-spare');
  const withoutSpare = await open('without-spare', 0);

  say("laying out the runtime's files");
  await withSpare.invoke('warm', Buffer.from('{}'));
  const bare = await BareRuntime.open(
    await imageOf(withSpare, 'warm'),
    join(folder, 'echo'),
    join(keptFolder, 'roots'),
  );
  undo.push(() => BareRuntime.removeContainers());

  const late = setTimeout(
    () => fail(new Error(`It took longer than ${measureAtMostMs / 1_000} s.`)),
    measureAtMostMs,
  );
  undo.push(() => clearTimeout(late));

  const measures: Record<Part, () => Promise<readonly Row[]>> = {
    start: async () => {
      const times: number[] = [];
      for (let round = 0; round < 4; round += 1)
        times.push(await Lambdock.timeToListening(template, join(keptFolder, 'start'), await freePort()));
      return [{ what: 'start to listening', ms: median(times.slice(1)), atMostMs: 500 }];
    },
    first: () => measureFirst(bare, withSpare),
    bursts: () => measureBursts(bare, withSpare),
    edit: () => measureEdits(folder, withSpare),
    warm: async () =>
      measureWarm({
        lambdock: { name: 'lambdock', caller: withSpare.caller, functionName: 'warm' },
        floor: await openFloor(bare),
        ...(rie !== undefined && { emulator: await openEmulator(bare, rie) }),
      }),
    cold: async () => [
      ...(await measureCold({ bare, withSpare, withoutSpare })),
      ...(await measureSequence(withSpare)),
    ],
    concurrent: () => measureConcurrent(withSpare),
    // Without a spare, or each of a thousand functions would get one.
    listing: () => measureListing(withoutSpare),
    page: () => measurePage(withSpare),
    extension: () => measureExtension(withSpare),
    stream: () => measureStream(withSpare),
    large: () => measureLarge(withSpare),
    clients: () => measureClients(withSpare),
    memory: () => measureMemory(withSpare),
    idle: () => measureIdle(withoutSpare),
  };
  const rows: Row[] = [];
  for (const part of parts) {
    if (!wanted.has(part)) continue;
    say(`measuring: ${part}`);
    rows.push(...(await measures[part]()));
  }
  return rows;
}

function wantedParts(only: string | undefined): ReadonlySet<Part> {
  const named = only === undefined ? parts : parts.filter((part) => only.split(',').includes(part));
  if (only !== undefined && named.length !== only.split(',').length)
    throw new Error(`--only takes some of ${parts.join(',')}, with commas between them; not ${only}`);
  return new Set(named);
}

async function openFloor(bare: BareRuntime): Promise<Contender> {
  const server = keep(new Child(process.execPath, [join(__dirname, 'floor.js')]));
  const port = (await server.printed(/port (\d+)\n/))[1] ?? '';
  keep(bare.start(`127.0.0.1:${port}`));
  return contender(`a bare Runtime API loop (${bare.surroundings})`, Number(port));
}

async function openEmulator(bare: BareRuntime, rie: string): Promise<Contender> {
  const port = await freePort();
  keep(await bare.startEmulator(rie, port));
  const opened = contender("AWS's emulator", port);
  // It says nothing when it listens.
  for (let attempt = 0; ; attempt += 1) {
    try {
      await opened.caller.invoke('function', Buffer.from('{}'));
      return opened;
    } catch (error) {
      if (attempt === 100 || !(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'))
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Needed to the end: it is an error when it ends before. */
function keep(child: Child): Child {
  undo.push(() => child.stop());
  child.untilEnd().catch((error: unknown) => {
    if (ending === undefined) fail(error);
  });
  return child;
}

function contender(name: string, port: number): Contender {
  const caller = new Caller(`http://127.0.0.1:${port}`);
  undo.push(() => caller.close());
  return { name, caller, functionName: 'function' };
}

async function imageOf(lambdock: Lambdock, functionName: string): Promise<string> {
  const environments = await lambdock.environments();
  const engineId = environments.find((each) => each.functionName === functionName)?.engineId;
  if (engineId === undefined) throw new Error(`${functionName} has no environment`);
  return (await run('docker', 'inspect', '--format', '{{.Config.Image}}', engineId)).trim();
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

let ending: Promise<void> | undefined;

/** Undoes everything, the last first; what fails is told and does not keep the rest from being undone. */
function end(): Promise<void> {
  ending ??= (async () => {
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (error) {
        process.stderr.write(`bench | ${String(error)}\n`);
        process.exitCode = 1;
      }
    }
  })();
  return ending;
}

function fail(error: unknown): void {
  process.stderr.write(`bench | ${error instanceof Error ? error.message : String(error)}\n`);
  void end().then(() => process.exit(1));
}

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, rie: { type: 'string' }, only: { type: 'string' } },
});
const wanted = wantedParts(values.only);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => fail(signal));
bench(values.rie, wanted, (sentence) => process.stderr.write(`bench | ${sentence}\n`)).then(async (rows) => {
  await end();
  const machine = { cpu: cpus()[0]?.model ?? '', cpus: cpus().length, node: process.version };
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ machine, rows }, undefined, 2)}\n`
      : `\n${machine.cpus} x ${machine.cpu}, Node ${machine.node}\n\n${renderTable(rows)}\n`,
  );
}, fail);
