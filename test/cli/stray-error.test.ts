import { createConnection, type NetConnectOpts } from 'node:net';
import { isStrayConnectionError } from '../../src/cli/stray-error';

const errorOf = (options: NetConnectOpts) =>
  new Promise((resolve) => createConnection(options).on('error', resolve));

test('an error of a connection or a name look-up does not end the process', async () => {
  expect(isStrayConnectionError(await errorOf({ path: '/nowhere.sock' }))).toBe(true);
  expect(isStrayConnectionError(await errorOf({ host: 'images.invalid', port: 80 }))).toBe(true);
});

test('any other uncaught error ends the process', () => {
  expect(isStrayConnectionError(new Error('a mistake'))).toBe(false);
  expect(isStrayConnectionError(new TypeError('x is not a function'))).toBe(false);
  expect(isStrayConnectionError(Object.assign(new Error('listen'), { syscall: 'listen' }))).toBe(false);
  expect(isStrayConnectionError('text')).toBe(false);
});
