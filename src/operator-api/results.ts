import { answering } from '../control-plane/edge';
import { Router } from '../control-plane/router';
import { wholeBody } from '../control-plane/whole-body';
import type { Clock } from '../lib/clock';
import { bodyOf } from '../lib/http-body';
import type { ResultRow } from './contract';

/** Number of results that are kept. The oldest are evicted. */
const resultsMost = 20;
const bytesMost = 64 * 1024 * 1024;
/** About the size of a run of 50,000 requests. */
const resultBytesMost = 16 * 1024 * 1024;

interface Kept {
  readonly row: ResultRow;
  readonly body: Buffer;
}

/** Results of scenario runs and tunings, for the page, as the JSON that the commands write. */
export class Results {
  readonly #kept: Kept[] = [];
  #made = 0;

  constructor(private readonly clock: Clock) {}

  /** Newest first. */
  rows(): readonly ResultRow[] {
    return this.#kept.map(({ row }) => row).reverse();
  }

  body(id: string): Buffer | undefined {
    return this.#kept.find(({ row }) => row.id === id)?.body;
  }

  /** Returns undefined if the body is neither a scenario run nor a tuning. */
  add(body: Buffer): ResultRow | undefined {
    const described = describe(body);
    if (described === undefined) return undefined;
    this.#made += 1;
    const row = { id: String(this.#made), at: this.clock.now(), ...described };
    this.#kept.push({ row, body });
    let bytes = this.#kept.reduce((sum, each) => sum + each.body.length, 0);
    while (this.#kept.length > resultsMost || (bytes > bytesMost && this.#kept.length > 1))
      bytes -= this.#kept.shift()?.body.length ?? 0;
    return row;
  }
}

function describe(body: Buffer): Pick<ResultRow, 'kind' | 'name'> | undefined {
  try {
    const { scenario, requests, functionName, sizes } = JSON.parse(body.toString()) as Record<
      string,
      unknown
    >;
    if (typeof scenario === 'string' && Array.isArray(requests)) return { kind: 'scenario', name: scenario };
    if (typeof functionName === 'string' && Array.isArray(sizes))
      return { kind: 'tuning', name: functionName };
    return undefined;
  } catch {
    return undefined;
  }
}

/** `GET /results`, `GET /results/ID`, and `POST /results`, which stores a result. */
export function resultRoutes(results: Results): Router {
  const router = new Router();
  router.get(
    '/results',
    answering(() => ({ status: 200, body: { results: results.rows() } })),
  );
  router.get(
    '/results/:id',
    answering(({ params }) => {
      const body = results.body(String(params.id));
      if (body !== undefined) return { status: 200, body };
      return { status: 404, body: { message: `Result ${params.id} not found. The latest 20 are kept.` } };
    }),
  );
  router.post(
    '/results',
    answering(async (request) => {
      const body = wholeBody(
        await bodyOf(request, resultBytesMost),
        (length) => `A result must be at most ${resultBytesMost} bytes, got ${length}.`,
      );
      const row = results.add(body);
      if (row !== undefined) return { status: 200, body: row };
      const message =
        'A result must be the JSON of a scenario run ("scenario run --json") or of a tuning ("tune --json").';
      return { status: 400, body: { message } };
    }),
  );
  return router;
}
