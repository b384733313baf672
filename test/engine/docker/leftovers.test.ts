import { Leftovers } from '../../../src/engine/docker/leftovers';
import { scriptedDockerApi } from '../../support/fakes/scripted-docker-api';
import { TestClock } from '../../support/fakes/test-clock';

const there = [200, { Id: 'c1' }] as const;
const gone = [404, { message: 'No such container: c1' }] as const;
const broken = [500, { message: 'device or resource busy' }] as const;

test('a container is removed once, when the engine answers again', async () => {
  let removal: readonly [number, unknown] = broken;
  await using api = await scriptedDockerApi({
    'GET /containers/c1/json': there,
    'DELETE /containers/c1': () => removal,
  });
  const leftovers = new Leftovers(api.docker, 'unix:///x.sock', new TestClock());
  leftovers.add('c1');
  await leftovers.remove();
  removal = [204, undefined];
  await leftovers.remove();
  await leftovers.remove();
  expect(api.requests.filter((request) => request.startsWith('DELETE'))).toHaveLength(2);
});

test('looks for a missing container until it can no longer appear', async () => {
  const clock = new TestClock();
  let inspection: readonly [number, unknown] = gone;
  await using api = await scriptedDockerApi({
    'GET /containers/c1/json': () => inspection,
    'DELETE /containers/c1': [204, undefined],
  });
  const leftovers = new Leftovers(api.docker, 'unix:///x.sock', clock);
  leftovers.add('c1');
  await leftovers.remove();
  inspection = there;
  await leftovers.remove();
  expect(api.requests.at(-1)).toBe('DELETE /containers/c1?force=true&v=true');

  inspection = gone;
  leftovers.add('c1');
  clock.advance(60_001);
  await leftovers.remove();
  const before = api.requests.length;
  await leftovers.remove();
  expect(api.requests).toHaveLength(before);
});
