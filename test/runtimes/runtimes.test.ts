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

test('hosts these runtimes', () => {
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
    'java8.al2',
    'java11',
    'java17',
    'java21',
    'java25',
    'dotnet6',
    'dotnet8',
    'dotnet10',
    'ruby3.2',
    'ruby3.3',
    'ruby3.4',
    'provided.al2',
    'provided.al2023',
  ]);
});

test('others are known, so that an error can say that they are not hosted', () => {
  expect(findRuntime('python3.8')).toMatchObject({ family: { name: 'python' }, hosted: false });
  expect(findRuntime('go1.x')).toMatchObject({ family: { name: 'go' }, hosted: false });
  expect(findRuntime('provided')?.hosted).toBe(false);
  expect(findRuntime('python3.99')).toBeUndefined();
});
