import { join } from 'node:path';
import { defaultLogGroup } from '../../aws/logging';
import type { Registry } from '../../functions/registry/registry';
import type { Clock } from '../../lib/clock';
import type { Journal } from '../../telemetry/journal';
import type { LogArchive } from '../../telemetry/log-archive';
import { awsOf, type StandInSettings } from '../stand-ins';
import { LogDelivery } from './log-delivery';

export interface DeliveriesParts {
  readonly settings: StandInSettings & { readonly dataFolder: string; readonly logsEndpoint?: string };
  readonly archive: LogArchive;
  readonly journal: Journal;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
  readonly fail: (error: Error) => void;
}

/** Sends on what lambdock records, to where the settings say. Resolves `close` when the rest is sent, or given up. */
export function openDeliveries(parts: DeliveriesParts): { close(): Promise<void> } {
  const { settings, archive, journal, registry, clock, say, fail } = parts;
  const { logsEndpoint: awsEndpoint, region, accountId, dataFolder } = settings;
  const endpoint =
    awsEndpoint === undefined ? undefined : awsOf({ ...settings, awsEndpoint }, () => clock.now());
  if (endpoint === undefined) return { close: () => Promise.resolve() };
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
