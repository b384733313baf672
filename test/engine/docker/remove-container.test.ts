import { removeContainer } from '../../../src/engine/docker/remove-container';
import { type Answers, scriptedDockerApi } from '../../support/fakes/scripted-docker-api';

const inProgress = [409, { message: 'removal of container c1 is already in progress' }] as const;

async function remove(answers: Answers): Promise<readonly string[]> {
  await using api = await scriptedDockerApi(answers);
  await removeContainer(api.docker.getContainer('c1'), 'unix:///x.sock');
  return api.requests.slice(1);
}

test('a container is removed with its volumes, running or not', async () => {
  expect(await remove({ 'DELETE /containers/c1': [204, undefined] })).toEqual([
    'DELETE /containers/c1?force=true&v=true',
  ]);
});

test('a missing container is not an error', async () => {
  expect(await remove({})).toHaveLength(1);
});

test('waits for a removal that the engine has started', async () => {
  const requests = await remove({
    'DELETE /containers/c1': inProgress,
    'POST /containers/c1/wait': [200, { StatusCode: 137 }],
  });
  expect(requests.at(-1)).toBe('POST /containers/c1/wait?condition=removed');
  expect(await remove({ 'DELETE /containers/c1': inProgress })).toHaveLength(2);
});

test('any other refusal is an error', async () => {
  const busy = [500, { message: 'device or resource busy' }] as const;
  await expect(remove({ 'DELETE /containers/c1': busy })).rejects.toMatchObject({
    kind: 'refused',
    message: 'The engine could not remove the container c1: device or resource busy.',
  });
  await expect(
    remove({ 'DELETE /containers/c1': inProgress, 'POST /containers/c1/wait': busy }),
  ).rejects.toThrow(/busy/);
});
