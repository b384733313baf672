import {
  deadLetterAttributes,
  type EndedEvent,
  invocationRecord,
} from '../../../src/execution/async/invocation-record';

const ended: EndedEvent = {
  requestId: 'r',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello:$LATEST',
  condition: 'RetriesExhausted',
  attempts: 3,
  payload: Buffer.from('{"a":1}'),
  executedVersion: '$LATEST',
  endedMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  outcome: {
    kind: 'failed',
    payload: Buffer.from('{"errorMessage":"no","errorType":"Error"}'),
    fault: { status: 'error', errorType: 'Error' },
  },
};

test('a record of a failure has the request, the response and the number of attempts', () => {
  expect(invocationRecord(ended)).toEqual({
    version: '1.0',
    timestamp: '2026-01-02T03:04:05.678Z',
    requestContext: {
      requestId: 'r',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: { a: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorMessage: 'no', errorType: 'Error' },
  });
});

test('a record of a success has no functionError', () => {
  const outcome = { kind: 'succeeded', payload: Buffer.from('"ok"'), contentType: '' } as const;
  expect(invocationRecord({ ...ended, condition: 'Success', attempts: 1, outcome })).toMatchObject({
    requestContext: { condition: 'Success' },
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: 'ok',
  });
});

test('a dead letter has the request id, the code and the message as attributes', () => {
  expect(deadLetterAttributes(ended)).toEqual({ RequestID: 'r', ErrorCode: '200', ErrorMessage: 'no' });
});
