import {
  InvokeWithResponseStreamCommand,
  type InvokeWithResponseStreamCompleteEvent,
  type LambdaClient,
} from '@aws-sdk/client-lambda';

export interface Streamed {
  readonly text: string;
  readonly chunks: number;
  readonly complete: InvokeWithResponseStreamCompleteEvent;
}

/** Invokes with a streamed response, and reads it to its end. */
export async function invokeStream(
  client: LambdaClient,
  FunctionName: string,
  event: unknown,
  onChunk: (text: string) => Promise<void> | void = () => undefined,
): Promise<Streamed> {
  const { EventStream = [] } = await client.send(
    new InvokeWithResponseStreamCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail' }),
  );
  let text = '';
  let chunks = 0;
  for await (const { PayloadChunk, InvokeComplete } of EventStream) {
    if (PayloadChunk?.Payload) {
      chunks += 1;
      const chunk = Buffer.from(PayloadChunk.Payload).toString();
      text += chunk;
      await onChunk(chunk);
    }
    if (InvokeComplete) return { text, chunks, complete: InvokeComplete };
  }
  throw new Error('the stream ended without InvokeComplete');
}
