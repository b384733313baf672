import type { IncomingMessage } from 'node:http';
import { variantOf } from '../../src/control-plane/variants';
import { aFunctionVersion } from '../support/functions/function-versions';

const request = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;
const version = aFunctionVersion({ environment: { STAGE: 'dev' } });

test('a request without these headers gets the version itself', () => {
  expect(variantOf(version, request({}))).toBe(version);
});

test('another memory size is another version, the same each time', () => {
  const variant = variantOf(version, request({ 'x-lambdock-memory': '512' }));
  expect(variant).toMatchObject({ memoryMiB: 512, environment: { STAGE: 'dev' }, version: '$LATEST' });
  expect(variant.revision).not.toBe(version.revision);
  expect(variantOf(version, request({ 'x-lambdock-memory': '512' }))).toBe(variant);
});

test('a profile adds variables and leaves the memory size', () => {
  const variant = variantOf(version, request({ 'x-lambdock-profile': 'imports' }));
  expect(variant.environment).toEqual({
    STAGE: 'dev',
    PYTHONPROFILEIMPORTTIME: '1',
    NODE_OPTIONS: expect.stringMatching(/^--import=data:text\/javascript,\S+$/),
  });
  expect(variant.memoryMiB).toBe(version.memoryMiB);
});

test.each([
  [{ 'x-lambdock-memory': '64' }, 'X-Lambdock-Memory must be between 128 and 10240 MB, got 64.'],
  [{ 'x-lambdock-memory': 'much' }, 'X-Lambdock-Memory must be between 128 and 10240 MB, got much.'],
  [{ 'x-lambdock-profile': 'all' }, 'X-Lambdock-Profile must be imports, got all.'],
])('refuses %j', (headers, message) => {
  expect(() => variantOf(version, request(headers as Record<string, string>))).toThrow(message);
});
