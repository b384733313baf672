import { join } from 'node:path';
import { defaultLogGroup } from '../../aws/logging';
import type { Registry } from '../../functions/registry/registry';
import type { Clock } from '../../lib/clock';
import type { Journal } from '../../telemetry/journal';
import type { LogArchive } from '../../telemetry/log-archive';
import { awsOf, type StandInSettings } from '../stand-ins';
import { LogDelivery } from './log-delivery';
import { type FunctionFigures, MetricDelivery } from './metric-delivery';
import { type FinishedInvocation, TraceDelivery } from './trace-delivery';

export interface DeliveriesParts {
  readonly settings: StandInSettings & {
    readonly dataFolder: string;
    readonly logsEndpoint?: string;
    readonly otlpEndpoint?: string;
  };
  readonly archive: LogArchive;
  readonly journal: Journal;
  readonly registry: Registry;
  readonly recorder: {
    counters(): Iterable<FunctionFigures>;
    onFinished(listener: (invocation: FinishedInvocation) => void): void;
  };
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Delivers logs, metrics and traces to the endpoints of the settings. `close` resolves when the rest is sent or
 * dropped.
 */
export function openDeliveries(parts: DeliveriesParts): { close(): Promise<void> } {
  const { settings, recorder, clock, say } = parts;
  const { region, otlpEndpoint } = settings;
  const endpoint = awsOf(settings, () => clock.now());
  const metrics =
    endpoint && new MetricDelivery({ endpoint, region, figures: () => recorder.counters(), clock, say });
  const traces =
    otlpEndpoint === undefined
      ? undefined
      : new TraceDelivery({ endpoint: otlpEndpoint, settings, clock, say });
  if (traces) recorder.onFinished((invocation) => traces.add(invocation));
  const logs = openLogDelivery(parts);
  return {
    close: async () => {
      await Promise.all([logs?.close(), metrics?.close(), traces?.close()]);
    },
  };
}

function openLogDelivery(parts: DeliveriesParts): { close(): Promise<void> } | undefined {
  const { settings, archive, journal, registry, clock, say, fail } = parts;
  const { logsEndpoint: awsEndpoint, region, accountId, dataFolder } = settings;
  if (awsEndpoint === undefined) return undefined;
  const endpoint = awsOf({ ...settings, awsEndpoint }, () => clock.now());
  if (endpoint === undefined) return undefined;
  const groupOf = (functionName: string) => {
    const { LoggingConfig } =
      registry.served({ region, accountId }, functionName)?.record.settings.storedOnly ?? {};
    const { LogGroup } = (LoggingConfig ?? {}) as { readonly LogGroup?: string };
    return LogGroup ?? defaultLogGroup(functionName);
  };
  const stateFile = join(dataFolder, 'logs', 'delivered.json');
  const delivery = new LogDelivery({ archive, endpoint, region, groupOf, stateFile, clock, say, fail });
  const begun = delivery.begin().catch(fail);
  const stop = journal.follow(delivery.written);
  return {
    close: async () => {
      await begun;
      stop();
      await delivery.close();
    },
  };
}
