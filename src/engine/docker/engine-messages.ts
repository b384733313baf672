import { LineSplitter } from '../../lib/text/lines';

/** One JSON line of the engine's progress while it pulls, builds or imports. */
export interface EngineMessage {
  /** Output of a build. */
  readonly stream?: string;
  readonly status?: string;
  /** The layer that `status` and `progressDetail` are about. */
  readonly id?: string;
  /** Bytes. */
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  /** The last message after a failure. */
  readonly error?: string;
}

function parsed(line: string): EngineMessage[] {
  if (line.trim() === '') return [];
  const message: unknown = JSON.parse(line);
  return message !== null && typeof message === 'object' ? [message] : [];
}

export async function* engineMessages(stream: NodeJS.ReadableStream): AsyncGenerator<EngineMessage> {
  const lines = new LineSplitter();
  for await (const chunk of stream) {
    for (const line of lines.push(Buffer.from(chunk))) yield* parsed(line);
  }
  for (const line of lines.flush()) yield* parsed(line);
}
