import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { Caller } from './caller';
import { median, quantile, type Row, ratio } from './figures';
import type { Lambdock } from './lambdock';

const payload = Buffer.from(JSON.stringify({ name: 'warm', text: 'x'.repeat(200) }));
const warmUpCalls = 500;
const rounds = 8;
const callsPerRound = 200;

/** What one external extension, which gets every INVOKE, adds to a warm call. */
export async function measureExtension({ caller }: Lambdock): Promise<Row[]> {
  const [extended, plain]: [number[], number[]] = [[], []];
  for (const name of ['extended', 'warm']) await callMany(caller, name, warmUpCalls);
  for (let round = 0; round < rounds; round += 1) {
    extended.push(median(await callMany(caller, 'extended', callsPerRound)));
    plain.push(median(await callMany(caller, 'warm', callsPerRound)));
  }
  const comparisons = [{ against: 'without an extension', ratio: ratio(extended, plain) }];
  return [{ what: 'warm, p50, with one external extension', ms: median(extended), comparisons }];
}

const streams = 200;

/** From the runtime's first write to its first byte at the caller; the function sends its own time. */
export async function measureStream({ caller }: Lambdock): Promise<Row[]> {
  const times: number[] = [];
  for (let call = 0; call < streams; call += 1) times.push(await firstByte(caller));
  const steady = times.slice(streams / 10);
  return [
    { what: 'first byte of a stream, p50', ms: median(steady), atMostMs: 5 },
    { what: 'first byte of a stream, p99', ms: quantile(steady, 0.99) },
  ];
}

function firstByte({ origin }: Caller): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = '/2021-11-15/functions/streaming/response-streaming-invocations';
    const sent = request(new URL(path, origin), { method: 'POST' }, (response) => {
      let text = '';
      let at: number | undefined;
      response.on('data', (chunk: Buffer) => {
        at ??= performance.timeOrigin + performance.now();
        text += chunk.toString('latin1');
      });
      response.on('error', reject).on('end', () => {
        const [, began] = /began (\d+\.\d+)/.exec(text) ?? [];
        if (at === undefined || began === undefined) reject(new Error(`No time in the stream: ${text}`));
        else resolve(at - Number(began));
      });
    });
    sent.on('error', reject).end('{}');
  });
}

const largeBytes = 6_000_000;
const largeCalls = 20;

/** As much as Lambda takes and returns. */
export async function measureLarge({ caller }: Lambdock): Promise<Row[]> {
  const large = Buffer.from(JSON.stringify('x'.repeat(largeBytes)));
  const times: number[] = [];
  for (let call = 0; call < largeCalls; call += 1) times.push(await caller.invoke('warm', large));
  return [{ what: '6 MB both ways, p50', ms: median(times) }];
}

const clientCounts = [1, 2, 4, 8];
const callsOfClients = 1_600;

/** Clients that each call again as soon as they have their response. */
export async function measureClients({ caller }: Lambdock): Promise<Row[]> {
  const rows: Row[] = [];
  for (const clients of clientCounts) {
    const lanes = (count: number) =>
      Promise.all(Array.from({ length: clients }, () => callMany(caller, 'warm', count / clients)));
    // An environment for each of them.
    await lanes(clients * 50);
    const begun = performance.now();
    const times = (await lanes(callsOfClients)).flat();
    const perSecond = Math.round(callsOfClients / ((performance.now() - begun) / 1_000));
    rows.push({ what: `warm, p50, ${clients} clients at once (${perSecond} calls/s)`, ms: median(times) });
  }
  return rows;
}

const memoryCalls = Number(process.env.LAMBDOCK_BENCH_CALLS ?? 20_000);

/** Memory of the process before and after warm calls; the first of them fill what is remembered of invocations. */
export async function measureMemory(lambdock: Lambdock): Promise<Row[]> {
  await callMany(lambdock.caller, 'warm', memoryCalls / 2);
  const before = await memoryMb(lambdock.pid);
  await callMany(lambdock.caller, 'warm', memoryCalls / 2);
  const after = await memoryMb(lambdock.pid);
  return [
    { what: `memory after ${memoryCalls / 2} warm calls`, ms: before, unit: 'MB' },
    { what: `memory after ${memoryCalls} warm calls`, ms: after, unit: 'MB' },
  ];
}

const environments = 100;

/** What lambdock holds for each environment that does nothing. */
export async function measureIdle(lambdock: Lambdock): Promise<Row[]> {
  const before = await memoryMb(lambdock.pid);
  const { status, body } = await lambdock.caller.send(
    'POST',
    `/_lambdock/functions/small/warm?environments=${environments}`,
  );
  if (status !== 200) throw new Error(`warm answered ${status}: ${body}`);
  await lambdock.rest();
  const after = await memoryMb(lambdock.pid);
  await lambdock.retire('small');
  return [
    { what: `memory with ${environments} idle environments`, ms: after, unit: 'MB' },
    { what: 'memory for each idle environment', ms: (after - before) / environments, unit: 'MB' },
  ];
}

/** Resident memory of a process. */
async function memoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

async function callMany(caller: Caller, functionName: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < count; call += 1) times.push(await caller.invoke(functionName, payload));
  return times;
}
