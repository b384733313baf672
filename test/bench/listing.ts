import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { Caller } from './caller';
import { median, type Row } from './figures';
import type { Lambdock } from './lambdock';

const functions = 1_000;
const rounds = 30;
const atOnce = 8;
const aimMs = 50;
const path = '/2015-03-31/functions';

const nameOf = (index: number) => `listed-${String(index).padStart(4, '0')}`;

/** How long it takes to list many functions that were deployed over the wire: a full page, and all of them. */
export async function measureListing({ caller }: Lambdock): Promise<Row[]> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('handler = print\n'), 'app.py');
  zip.end();
  const code = (await buffer(zip.outputStream)).toString('base64');
  try {
    await forEach(async (index) => {
      const wanted = {
        FunctionName: nameOf(index),
        Role: 'arn:aws:iam::000000000000:role/bench',
        Runtime: 'python3.13',
        Handler: 'app.handler',
        Code: { ZipFile: code },
      };
      const { status, body } = await caller.send('POST', path, Buffer.from(JSON.stringify(wanted)));
      // One that a broken run has left will do.
      if (status !== 201 && status !== 409) throw new Error(`CreateFunction answered ${status}: ${body}`);
    });
    const pages: number[] = [];
    const lists: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const times = await listAll(caller);
      pages.push(times[0] ?? 0);
      lists.push(times.reduce((sum, ms) => sum + ms, 0));
    }
    return [
      { what: `ListFunctions, the first page of ${functions} functions`, ms: median(pages) },
      {
        what: `ListFunctions, all ${functions} functions, page after page`,
        ms: median(lists),
        atMostMs: aimMs,
      },
    ];
  } finally {
    await forEach(async (index) => void (await caller.send('DELETE', `${path}/${nameOf(index)}`)));
  }
}

/** Milliseconds of each page. */
async function listAll(caller: Caller): Promise<number[]> {
  const times: number[] = [];
  for (let query = ''; ; ) {
    const { status, body, ms } = await caller.send('GET', `${path}${query}`);
    if (status !== 200) throw new Error(`ListFunctions answered ${status}: ${body}`);
    times.push(ms);
    const { NextMarker } = JSON.parse(body.toString()) as { readonly NextMarker?: string };
    if (NextMarker === undefined) return times;
    query = `?Marker=${encodeURIComponent(NextMarker)}`;
  }
}

async function forEach(work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < functions) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
