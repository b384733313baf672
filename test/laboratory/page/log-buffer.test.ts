import { LogBuffer, visible } from '../../../src/laboratory/page/log-buffer';

const row = (text: string, more = {}) => ({
  time: '2026-03-01T12:00:00.000Z',
  functionName: 'orders',
  functionVersion: '$LATEST',
  logStream: 'stream',
  text,
  ...more,
});
const texts = (buffer: LogBuffer, filter = {}, most = 100) =>
  buffer.select(filter, most).map(({ text }) => text);

test('shows lines once that were both read and sent live', () => {
  const buffer = new LogBuffer();
  buffer.add([row('c'), row('d')]);
  buffer.fill([row('a'), row('b'), row('c')]);
  expect(texts(buffer)).toEqual(['a', 'b', 'c', 'd']);
});

test('lines are chosen by function, request and a part of their text', () => {
  const buffer = new LogBuffer();
  buffer.add([
    row('One', { requestId: '12345' }),
    row('two', { requestId: '67890' }),
    row('three', { functionName: 'lambdock', about: 'prices' }),
  ]);
  expect(texts(buffer, { contains: 'ONE' })).toEqual(['One']);
  expect(texts(buffer, { requestId: '67' })).toEqual(['two']);
  expect(texts(buffer, { functionName: 'prices' })).toEqual(['three']);
  expect(texts(buffer, {}, 2)).toEqual(['two', 'three']);
});

test('the oldest lines are forgotten, and every line keeps its number', () => {
  const buffer = new LogBuffer();
  for (let batch = 0; batch < 8; batch += 1) {
    buffer.add(Array.from({ length: 1_000 }, (_, at) => row(String(batch * 1_000 + at))));
  }
  const lines = buffer.select({}, 100_000);
  expect(lines.length).toBeLessThanOrEqual(6_000);
  expect(lines.every(({ at, text }) => String(at) === text)).toBe(true);
});

test('colours are left out and other control characters written out', () => {
  expect(visible('\u001b[1;31mred\u001b[0m')).toBe('red');
  expect(visible('\u001b]52;c;x\u0007\r\u007f\u0085')).toBe('␛]52;c;x␇␍␡␡');
  expect(visible('a\tb\nc')).toBe('a\tb\nc');
});
