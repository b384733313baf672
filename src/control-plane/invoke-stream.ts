import type { IncomingMessage, ServerResponse } from 'node:http';
import { eventMessage } from '../aws/event-stream';
import type { Ending } from '../execution/invocation';
import type { ResponseSink } from '../execution/response-sink';
import { headerOf, onceWritable } from './edge';
import { accepted, commonHeaders, type Invoked, type InvokeParts } from './invoke';
import { checkConstraints } from './validation';

/**
 * `InvokeWithResponseStream`: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
 * Resolves when the response has ended.
 * @throws {LambdaError} before anything was sent
 */
export async function invokeWithResponseStream(
  request: IncomingMessage,
  response: ServerResponse,
  invoked: Invoked,
  parts: InvokeParts,
): Promise<void> {
  const type = headerOf(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  const log = headerOf(request, 'x-amz-log-type');
  checkConstraints('InvokeWithResponseStream', {
    FunctionName: invoked.functionName,
    InvocationType: type,
    ...(log !== undefined && { LogType: log }),
    ...(invoked.qualifier !== undefined && { Qualifier: invoked.qualifier }),
  });
  const { invocation, version } = await accepted(request, invoked, type, parts);
  if (type === 'DryRun') {
    response.writeHead(204).end();
    return;
  }
  const stream = new EventStreamResponse(response, {
    ...commonHeaders(invocation),
    'X-Amz-Executed-Version': version.version,
  });
  stream.complete(await parts.invoker.invoke({ ...invocation, sink: stream }));
}

/** A response as events: the payload in chunks, then how the invocation ended. */
class EventStreamResponse implements ResponseSink {
  constructor(
    private readonly response: ServerResponse,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  begin(): void {
    this.response.writeHead(200, { ...this.headers, 'Content-Type': 'application/vnd.amazon.eventstream' });
    this.response.flushHeaders();
  }

  write(chunk: Buffer): boolean {
    // A function goes on when its caller has gone, as on Lambda.
    if (this.response.destroyed) return true;
    return this.response.write(eventMessage('PayloadChunk', 'application/octet-stream', chunk));
  }

  onDrain(callback: () => void): void {
    onceWritable(this.response, callback);
  }

  complete({ outcome, logTail }: Ending): void {
    if (outcome.kind === 'platformFailed') throw new Error('a platform failure has no answer');
    // An error in the middle of a stream is no part of it.
    if (!this.response.headersSent) {
      this.begin();
      if (outcome.payload.length > 0) this.write(outcome.payload);
    }
    const end = {
      ...(outcome.kind === 'failed' && {
        ErrorCode: 'Unhandled',
        ErrorDetails: outcome.payload.toString('utf8'),
      }),
      ...(logTail && { LogResult: logTail.toString('base64') }),
    };
    this.response.end(eventMessage('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(end))));
  }
}
