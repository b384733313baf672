import type {
  DeploymentHistory,
  EventSourceRow,
  FunctionList,
  LiveEvents,
  LogRow,
  QueueRow,
  ResultRow,
  Stats,
  Timeline,
} from '../../operator-api/contract';
import { getJson, getText, isOtherRun, isSignedOut } from './api';
import type { Store } from './store';

/** Number of deployments that are listed. */
const deploymentsMost = 200;

/** Delay before the page reopens a stream that the server refused. */
const reopenAfterMs = 1_000;

/** Reads everything, then follows the event stream. Reads again when the stream restarts. */
export function follow(store: Store): void {
  let isFirst = true;
  const open = () => {
    const source = new EventSource('/_lambdock/events');
    listen(source, store, () => {
      // A restarted lambdock has another token and maybe another page. The editor keeps its text.
      if (!isFirst) void isOtherRun().then((isOther) => isOther && location.reload());
      isFirst = false;
    });
    source.addEventListener('error', () => {
      store.update({ connection: 'lost' });
      // The browser reconnects automatically, unless the response was not an event stream.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, reopenAfterMs);
      // A signed-out browser gets the sign-in page at this address.
      void isSignedOut().then((isOut) => isOut && location.reload());
    });
  };
  open();
}

function listen(source: EventSource, store: Store, started: () => void): void {
  const on = <Name extends keyof LiveEvents>(name: Name, take: (data: LiveEvents[Name]) => void) =>
    source.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data)));
  on('start', () => {
    store.recording.clear();
    store.logs.clear();
    store.update({ connection: 'live' });
    started();
    void readAll(store);
  });
  on('environments', (environments) => {
    store.recording.apply({ environments });
    store.changed();
  });
  on('invocations', (invocations) => {
    store.recording.apply({ invocations });
    store.changed();
  });
  on('functions', ({ functions, notices }) => store.update({ functions, notices }));
  on('stats', (stats) => store.update({ stats: byName(stats) }));
  on('queue', (queue) => store.update({ queue }));
  on('results', (results) => store.update({ results }));
  on('eventSources', (eventSources) => store.update({ eventSources }));
  on('deployment', (row) =>
    store.update({ deployments: [row, ...store.state.deployments].slice(0, deploymentsMost) }),
  );
  on('logs', (rows) => {
    store.logs.add(rows);
    store.changed();
  });
}

async function readAll(store: Store): Promise<void> {
  try {
    const [list, stats, queue, sources, found, timeline, history, logs] = await Promise.all([
      getJson<FunctionList>('/_lambdock/functions'),
      getJson<Stats>('/_lambdock/stats'),
      getJson<{ readonly events: readonly QueueRow[] }>('/_lambdock/queue'),
      getJson<{ readonly eventSources: readonly EventSourceRow[] }>('/_lambdock/event-sources'),
      getJson<{ readonly results: readonly ResultRow[] }>('/_lambdock/results'),
      getJson<Timeline>('/_lambdock/timeline'),
      getJson<DeploymentHistory>('/_lambdock/deployments'),
      getText('/_lambdock/logs?tail=2000'),
    ]);
    store.recording.fill(timeline, Date.now());
    store.logs.fill(rowsOf(logs));
    store.update({
      functions: list.functions,
      notices: list.notices,
      stats: byName(stats),
      queue: queue.events,
      eventSources: sources.eventSources,
      results: found.results,
      deployments: history.deployments.toReversed(),
    });
  } catch (error) {
    store.update({ problem: error instanceof Error ? error.message : String(error) });
  }
}

function rowsOf(lines: string): readonly LogRow[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogRow);
}

function byName(stats: Stats) {
  return new Map(stats.functions.map((each) => [each.functionName, each]));
}
