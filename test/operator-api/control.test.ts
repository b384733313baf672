import type { Pool } from '../../src/execution/pool';
import type { FunctionVersion } from '../../src/functions/function-version';
import { type ControlParts, controlRoutes } from '../../src/operator-api/control';
import { RoutedServer } from '../support/clients/routed-server';

/** Notes what it is asked for, and answers with numbers that differ. */
class NotingPool {
  readonly asked: unknown[][] = [];
  readonly staying = 7;
  retire = (cause: string) => this.#note(1, 'retire', cause);
  expire = () => this.#note(2, 'expire');
  setFrozen = (frozen: boolean) => this.#note(frozen ? 3 : 4, 'setFrozen', frozen);
  forceCold = (count: number) => this.#note(0, 'forceCold', count);
  scaleIn = (wanted: number) => this.#note(5, 'scaleIn', wanted);
  warm = async (wanted: number) => this.#note(6, 'warm', wanted);
  advanceIdle = (ms: number) => this.#note(0, 'advanceIdle', ms);

  #note(answer: number, ...call: unknown[]): number {
    this.asked.push(call);
    return answer;
  }
}

let pool: NotingPool;
let server: RoutedServer;

beforeEach(async () => {
  pool = new NotingPool();
  const parts: ControlParts = {
    isFunction: (name) => name === 'hello' || name === 'debugged',
    pools: () => [pool as unknown as Pool],
    poolOf: () => pool as unknown as Pool,
    find: async (functionName, qualifier) =>
      functionName === 'gone' || qualifier === 'gone'
        ? undefined
        : ({ functionName, ...(functionName === 'debugged' && { debug: { port: 1 } }) } as FunctionVersion),
  };
  server = await RoutedServer.start(controlRoutes(parts));
});

afterEach(() => server[Symbol.asyncDispose]());

const post = (path: string) => server.ask(`/below${path}`, 'POST');

test.each([
  ['/functions/hello/retire', '{"environments":1,"retired":1}', ['retire', 'retired']],
  ['/functions/hello/expire', '{"environments":2}', ['expire']],
  ['/functions/hello/freeze', '{"environments":3}', ['setFrozen', true]],
  ['/functions/hello/thaw', '{"environments":4}', ['setFrozen', false]],
  ['/functions/hello/cold', '{"environments":1}', ['forceCold', 1]],
  ['/functions/hello/cold?count=3', '{"environments":3}', ['forceCold', 3]],
  ['/functions/hello/warm?environments=5', '{"environments":7,"started":6,"ended":0}', ['warm', 5]],
  ['/idle-clock?ms=60000', '{"environments":7}', ['advanceIdle', 60_000]],
  ['/idle-clock?ms=0&function=hello', '{"environments":7}', ['advanceIdle', 0]],
])('%s acts on the environments, and answers %s', async (path, body, call) => {
  expect(await post(path)).toBe(`200 ${body}`);
  expect(pool.asked).toEqual([call]);
});

test('scale ends what is too much before it starts what is missing', async () => {
  expect(await post('/functions/hello/scale?environments=5')).toBe(
    '200 {"environments":7,"started":6,"ended":5}',
  );
  expect(pool.asked).toEqual([
    ['scaleIn', 5],
    ['warm', 5],
  ]);
});

test.each([
  ['/functions/hello/cold?count=-1', 400, 'count must be a whole number between 0 and 1000, got -1.'],
  ['/functions/hello/warm', 400, 'environments must be a whole number between 0 and 1000, got nothing.'],
  ['/functions/hello/scale?environments=1.5', 400, 'environments must be a whole number'],
  ['/functions/hello/warm?environments=1001', 400, 'got 1001.'],
  ['/functions/debugged/warm?environments=2', 400, 'Function debugged is debugged and has one environment'],
  ['/functions/debugged/scale?environments=2', 400, 'got 2. Ask for 1'],
  ['/idle-clock?ms=x', 400, 'ms must be a whole number between 0 and 604800000, got x.'],
  ['/idle-clock?ms=1&function=gone', 404, 'Function gone not found.'],
  ['/functions/gone/retire', 404, 'Function gone not found.'],
  ['/functions/gone/cold', 404, 'Function gone not found.'],
  ['/functions/hello/warm?environments=1&qualifier=gone', 404, 'Function hello not found.'],
])('%s is refused with %d: %s', async (path, status, text) => {
  const answer = await post(path);
  expect(answer).toMatch(new RegExp(`^${status} `));
  expect(answer).toContain(text);
  expect(pool.asked).toEqual([]);
});
