import { Architecture, Runtime } from '@aws-sdk/client-lambda';
import { architectures, findRuntime, hostedRuntimes, runtimes } from '../../src/runtimes/runtimes';

test('every runtime of the public service model has one row', () => {
  const identifiers = runtimes.map((runtime) => runtime.identifier);
  expect(identifiers.toSorted()).toEqual(Object.values(Runtime).toSorted());
  expect(new Set(identifiers).size).toBe(identifiers.length);
});

test('architectures are the service model`s', () => {
  expect([...architectures].sort()).toEqual(Object.values(Architecture).sort());
});

test('Python 3.9 to 3.14, Node.js 16 to 24 and runtimes of the function`s own are hosted', () => {
  expect(hostedRuntimes).toEqual([
    'python3.9',
    'python3.10',
    'python3.11',
    'python3.12',
    'python3.13',
    'python3.14',
    'nodejs16.x',
    'nodejs18.x',
    'nodejs20.x',
    'nodejs22.x',
    'nodejs24.x',
    'provided.al2',
    'provided.al2023',
  ]);
});

test('others are known, so that an error can say that they are not hosted', () => {
  expect(findRuntime('java21')).toMatchObject({ family: { name: 'java' }, hosted: false });
  expect(findRuntime('provided')?.hosted).toBe(false);
  expect(findRuntime('python3.99')).toBeUndefined();
});
