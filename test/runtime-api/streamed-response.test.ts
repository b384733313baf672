import { limits } from '../../src/aws/limits';
import type { Fault } from '../../src/execution/lifecycle/outcome';
import { StreamedResponse } from '../../src/runtime-api/streamed-response';

/** A response into a sink that has room for so many chunks. */
function responseInto(room: number) {
  const written: string[] = [];
  const drains: (() => void)[] = [];
  const ends: [boolean, Fault | undefined][] = [];
  const sink = {
    begin: (contentType: string) => void written.push(`begin ${contentType}`),
    write: (chunk: Buffer) => written.push(chunk.toString().slice(0, 5)) < room + 1,
    onDrain: (callback: () => void) => void drains.push(callback),
  };
  const response = new StreamedResponse(sink, 'text/plain', (isWhole, fault) => ends.push([isWhole, fault]));
  return { response, written, drains, ends };
}

const neverResumed = () => {
  throw new Error('It was resumed.');
};

test('passes chunks on as they come and waits where the sink has no room', () => {
  const { response, written, drains, ends } = responseInto(2);
  expect(response.chunk(Buffer.from('one'), neverResumed)).toBe(true);
  let isResumed = false;
  const resume = () => {
    isResumed = true;
  };
  expect(response.chunk(Buffer.from('two'), resume)).toBe(false);
  expect([drains.length, isResumed]).toEqual([1, false]);
  drains[0]?.();
  expect(isResumed).toBe(true);
  response.end(true);
  expect(written).toEqual(['begin text/plain', 'one', 'two']);
  expect(ends).toEqual([[true, undefined]]);
});

test('a response that breaks off is not whole', () => {
  const { response, ends } = responseInto(2);
  response.end(false);
  expect(ends).toEqual([[false, undefined]]);
});

test('what is above the limit is read and dropped, and the response fails', () => {
  const { response, written, ends } = responseInto(10_000);
  const chunk = Buffer.alloc(limits.streamedBytes / 4, 'x');
  for (let count = 0; count < 4; count += 1) expect(response.chunk(chunk, neverResumed)).toBe(true);
  expect(response.chunk(Buffer.from('over'), neverResumed)).toBe(true);
  expect(response.chunk(Buffer.from('more'), neverResumed)).toBe(true);
  response.end(true);
  expect(written).toHaveLength(5);
  expect(ends).toEqual([[true, expect.objectContaining({ errorType: 'Function.ResponseSizeTooLarge' })]]);
});
