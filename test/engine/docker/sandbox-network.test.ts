import { SandboxNetwork } from '../../../src/engine/docker/sandbox-network';
import { type Answers, scriptedDockerApi } from '../../support/fakes/scripted-docker-api';

const Name = 'lambdock-home';

async function within(answers: Answers, use: (network: SandboxNetwork) => Promise<void>) {
  await using api = await scriptedDockerApi(answers);
  await use(new SandboxNetwork(api.docker, 'home', 'unix:///engine'));
  return api.requests.filter((each) => !each.includes('_ping')).map((each) => each.split('?')[0]);
}

test('is created if missing, and removed at the end', async () => {
  const requests = await within(
    {
      'GET /networks': [200, [{ Name: `${Name}-2`, Id: 'x' }]],
      'POST /networks/create': [201, { Id: 'n' }],
      [`DELETE /networks/${Name}`]: [204, undefined],
    },
    async (network) => {
      expect(await network.ensure()).toBe(true);
      expect(await network.ensure()).toBe(true);
      await network.remove();
    },
  );
  expect(requests).toEqual([
    'GET /networks',
    'POST /networks/create',
    'GET /networks',
    `DELETE /networks/${Name}`,
  ]);
});

test('is used as it is if it exists, and kept while others use it', async () => {
  const requests = await within(
    {
      'GET /networks': [200, [{ Name, Id: 'n' }]],
      [`DELETE /networks/${Name}`]: [403, { message: 'network has active endpoints' }],
    },
    async (network) => {
      expect(await network.ensure()).toBe(true);
      await network.remove();
    },
  );
  expect(requests).toEqual(['GET /networks', `DELETE /networks/${Name}`]);
});

test('keeps one of two that were created at the same moment', async () => {
  const lists = [
    [],
    [
      { Name, Id: 'b' },
      { Name, Id: 'a' },
    ],
  ];
  const requests = await within(
    {
      'GET /networks': () => [200, lists.shift()],
      'POST /networks/create': [201, { Id: 'b' }],
      'DELETE /networks/b': [204, undefined],
    },
    async (network) => {
      expect(await network.ensure()).toBe(true);
    },
  );
  expect(requests.at(-1)).toBe('DELETE /networks/b');
});

test.each([
  [400, 'unsupported bridge network option'],
  [500, 'could not find an available, non-overlapping IPv4 address pool'],
])('reports that the engine cannot create it: %d %s', async (status, message) => {
  await within(
    { 'GET /networks': [200, []], 'POST /networks/create': [status, { message }] },
    async (network) => {
      expect(await network.ensure()).toBe(false);
      await network.remove();
    },
  );
});

test('is looked up again after it was lost', async () => {
  const requests = await within({ 'GET /networks': [200, [{ Name, Id: 'n' }]] }, async (network) => {
    await network.ensure();
    network.forget();
    await network.ensure();
  });
  expect(requests).toEqual(['GET /networks', 'GET /networks']);
});
