import { type Clock, systemClock } from '../lib/clock';
import type { QueueRow } from '../operator-api/contract';
import { type Connection, Emulator } from './client/emulator';
import { age, table } from './terminal/table';

export interface QueueOptions {
  readonly retry?: boolean;
  readonly purge?: boolean;
  readonly json?: boolean;
}

function queueTable(events: readonly QueueRow[], clock: Clock): string {
  if (events.length === 0) return 'No asynchronous invocation waits.\n';
  const seconds = (time: string) => (clock.now() - Date.parse(time)) / 1_000;
  return table(
    [
      { title: 'REQUEST', text: ({ requestId }) => requestId },
      {
        title: 'FUNCTION',
        text: ({ functionName, qualifier }) =>
          qualifier === undefined ? functionName : `${functionName}:${qualifier}`,
      },
      { title: 'AGE', text: ({ acceptedAt }) => age(seconds(acceptedAt)), alignRight: true },
      { title: 'ERRORS', text: ({ attempts }) => String(attempts), alignRight: true },
      {
        title: 'NEXT TRY',
        text: ({ dueAt }) => (seconds(dueAt) >= 0 ? 'now' : `in ${age(-seconds(dueAt))}`),
      },
    ],
    events,
  );
}

/** Lists asynchronous invocations that have not ended, or retries or drops them. */
export async function queue(
  connection: Connection,
  name: string | undefined,
  { retry = false, purge = false, json = false }: QueueOptions,
): Promise<number> {
  const emulator = new Emulator(connection);
  if (retry || purge) {
    const count = await emulator.changeQueue(purge ? 'purge' : 'retry', name);
    const noun = count === 1 ? 'invocation' : 'invocations';
    const sentence = purge ? `Dropped ${count} ${noun}.` : `Retrying ${count} ${noun} now.`;
    process.stdout.write(json ? `${JSON.stringify({ events: count })}\n` : `${sentence}\n`);
    return 0;
  }
  const { events } = await emulator.queue();
  const shown = name === undefined ? events : events.filter((event) => event.functionName === name);
  process.stdout.write(json ? `${JSON.stringify(shown, null, 2)}\n` : queueTable(shown, systemClock));
  return 0;
}
