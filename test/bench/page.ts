import { chromium, type Page } from 'playwright-core';
import { median, quantile, type Row, ratio } from './figures';
import type { Lambdock } from './lambdock';

const rounds = 12;
const callsPerRound = 250;
const warmUpCalls = 2_000;
const payload = Buffer.from(JSON.stringify({ name: 'warm', text: 'x'.repeat(200) }));

const environments = 1_000;
const invocationsEach = 20;
const frames = 240;

/** What the page costs a warm call while it follows, and how long it takes to draw a frame of a large timeline. */
export async function measurePage(lambdock: Lambdock): Promise<Row[]> {
  const browser = await chromium.launch({
    executablePath: process.env.LAMBDOCK_BENCH_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    const page = await browser.newPage();
    return [...(await measureCalls(lambdock, page)), ...(await measureFrames(lambdock, page))];
  } finally {
    await browser.close();
  }
}

/** In each round some calls with the page open at its timeline, and some with an empty one. */
async function measureCalls(lambdock: Lambdock, page: Page): Promise<Row[]> {
  const open: number[] = [];
  const closed: number[] = [];
  await callMany(lambdock, warmUpCalls);
  for (let round = 0; round < rounds; round += 1) {
    await page.goto(`${lambdock.caller.origin}/_lambdock/ui#/timeline`);
    await page.getByText('Live', { exact: true }).waitFor();
    await callMany(lambdock, callsPerRound);
    open.push(median(await callMany(lambdock, callsPerRound)));
    await page.goto('about:blank');
    await callMany(lambdock, callsPerRound);
    closed.push(median(await callMany(lambdock, callsPerRound)));
  }
  const comparisons = [{ against: 'without the page', ratio: ratio(open, closed), atMost: 1.05 }];
  return [{ what: 'warm, p50, with the page open and following', ms: median(open), comparisons }];
}

/** Times between frames while a timeline with all that it holds in view is scrolled. */
async function measureFrames(lambdock: Lambdock, page: Page): Promise<Row[]> {
  await page.route('**/_lambdock/timeline', (route) => route.fulfill({ json: timeline(Date.now()) }));
  await page.goto(`${lambdock.caller.origin}/_lambdock/ui#/timeline`);
  await page.getByText(/the last 50 of/).waitFor();
  await page.getByRole('button', { name: 'Fit' }).click();
  const times = await page.evaluate(async (count) => {
    const { document, requestAnimationFrame } = globalThis as unknown as {
      readonly document: { querySelector(selector: string): { scrollTop: number } };
      readonly requestAnimationFrame: (callback: (ms: number) => void) => void;
    };
    const box = document.querySelector('.timeline');
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const found: number[] = [];
    let before = await frame();
    for (let at = 0; at < count; at += 1) {
      box.scrollTop += 37;
      const now = await frame();
      found.push(now - before);
      before = now;
    }
    return found;
  }, frames);
  return [
    {
      what: `a frame while ${environments} environments are scrolled, p50`,
      ms: median(times),
      atMostMs: 33.4,
    },
    { what: `a frame while ${environments} environments are scrolled, p95`, ms: quantile(times, 0.95) },
  ];
}

async function callMany(lambdock: Lambdock, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < count; call += 1) times.push(await lambdock.invoke('warm', payload));
  return times;
}

/** An hour of environments that all live, in the shape of `GET /_lambdock/timeline`. */
function timeline(now: number) {
  const since = now - 3_600_000;
  const lanes = Array.from({ length: environments }, (_, at) => ({
    id: at.toString(16).padStart(32, '0'),
    functionName: `function-${at % 20}`,
    version: '$LATEST',
    logStream: '',
    memorySize: 128,
    initializationType: 'on-demand',
    cause: 'scale-out',
    states: [
      { state: 'made', at: since + at * 1_000 },
      { state: 'init', at: since + at * 1_000 + 300 },
      { state: 'live', at: since + at * 1_000 + 500 },
    ],
    state: 'ready',
    isFrozen: true,
    invocations: invocationsEach,
  }));
  const invocations = lanes.flatMap(({ id, functionName, states }) => {
    const from = states[2]?.at ?? since;
    return Array.from({ length: invocationsEach }, (_, at) => {
      const startedAt = from + ((now - from) * at) / invocationsEach;
      return {
        requestId: `${id}-${at}`,
        functionName,
        version: '$LATEST',
        environmentId: id,
        arrivedAt: startedAt,
        startedAt,
        endedAt: startedAt + 50,
        status: at % 7 === 6 ? 'error' : 'success',
        isCold: at === 0,
        phases: [],
        memorySize: 128,
      };
    });
  });
  return { now, since, environments: lanes, invocations };
}
