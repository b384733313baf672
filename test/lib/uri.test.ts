import { decodedSegment } from '../../src/lib/uri';

test('decodes percent escapes', () => {
  expect(decodedSegment('arn%3Aaws%3Alambda')).toBe('arn:aws:lambda');
});

test('leaves a malformed escape unchanged', () => {
  expect(decodedSegment('50%')).toBe('50%');
});
