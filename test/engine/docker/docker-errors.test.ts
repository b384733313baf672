import { engineErrorOf, hasStatus, unreachable } from '../../../src/engine/docker/docker-errors';
import { EngineError } from '../../../src/engine/engine';
import { scriptedDockerApi } from '../../support/fakes/scripted-docker-api';

const socket = 'unix:///var/run/docker.sock';
const errno = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

async function answered(status: number, message: string): Promise<unknown> {
  await using api = await scriptedDockerApi({ 'GET /containers/x/json': [status, { message }] });
  return await api.docker
    .getContainer('x')
    .inspect()
    .catch((error: unknown) => error);
}

test.each([
  ['EACCES', "No permission to use the engine's socket /var/run/docker.sock. Join the group"],
  ['ENOENT', 'No engine found at /var/run/docker.sock: the socket does not exist. Start Docker or Podman'],
  ['ECONNREFUSED', 'No engine answers at unix:///var/run/docker.sock (ECONNREFUSED). Start Docker or Podman'],
  ['ECONNRESET', 'The engine at unix:///var/run/docker.sock closed the connection.'],
])('reports a socket that fails with %s, with the next step', (code, start) => {
  const error = engineErrorOf(errno(code), 'do it', socket);
  expect(error.kind).toBe('unreachable');
  expect(error.message.slice(0, start.length)).toBe(start);
});

test('reports an unknown host', () => {
  expect(unreachable('tcp://nowhere.example:2375', errno('ENOTFOUND')).message).toMatch(
    /Cannot resolve the host/,
  );
});

test('a missing image is `image-missing`, whatever the status says', async () => {
  const error = engineErrorOf(await answered(404, 'No such image: x:1'), 'make it', socket, 'sandbox-failed');
  expect(error.kind).toBe('image-missing');
  expect(error.message).toBe(
    'The engine could not make it: No such image: x:1. Build or pull it, or check its name.',
  );
});

test('any other refusal keeps the engine’s own words', async () => {
  const error = engineErrorOf(await answered(409, 'name is in use'), 'make it', socket);
  expect([error.kind, error.message]).toEqual(['refused', 'The engine could not make it: name is in use.']);
  expect(error.cause).toHaveProperty('statusCode', 409);
});

test('returns an EngineError unchanged', () => {
  const error = new EngineError('build-failed', 'no');
  expect(engineErrorOf(error, 'do it', socket)).toBe(error);
});

test('statuses are those of answers, not of other errors', async () => {
  const missing = await answered(404, 'gone');
  expect([hasStatus(missing, 404, 409), hasStatus(missing, 409), hasStatus(errno('ENOENT'), 404)]).toEqual([
    true,
    false,
    false,
  ]);
});
