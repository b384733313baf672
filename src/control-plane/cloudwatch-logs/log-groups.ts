import { defaultLogGroup } from '../../aws/logging';
import type { Registry } from '../../functions/registry/registry';
import { isSameScope, type Scope } from '../../functions/registry/state';
import type { ArchivedLog, LogArchive } from '../../telemetry/log-archive';
import { LogsError } from './logs-error';

/** A log group, with the functions that log to it. */
export interface LogGroup {
  readonly name: string;
  readonly logs: readonly ArchivedLog[];
  readonly createdMs: number;
}

/** The log groups of an account in a region: those of its functions, and of functions that were deleted. */
export class LogGroups {
  constructor(
    private readonly registry: Registry,
    private readonly archive: LogArchive,
    /** Account and region that show logs of deleted functions. */
    private readonly home: Scope,
  ) {}

  /** By name. */
  async all(scope: Scope): Promise<readonly LogGroup[]> {
    const groups = new Map<string, { logs: ArchivedLog[]; createdMs: number }>();
    const add = (name: string, log: ArchivedLog) => {
      const group = groups.get(name) ?? { logs: [], createdMs: log.createdMs };
      group.logs.push(log);
      group.createdMs = Math.min(group.createdMs, log.createdMs);
      groups.set(name, group);
    };
    const logs = new Map((await this.archive.logs()).map((log) => [log.functionName, log]));
    const deployed = new Set<string>();
    for (const { scope: at, record } of this.registry.everyServed()) {
      const { functionName, settings, lastModifiedMs: createdMs } = record;
      deployed.add(functionName);
      if (!isSameScope(at, scope)) continue;
      const { LogGroup } = (settings.storedOnly.LoggingConfig ?? {}) as { readonly LogGroup?: string };
      add(
        LogGroup ?? defaultLogGroup(functionName),
        logs.get(functionName) ?? { functionName, createdMs, bytes: 0 },
      );
    }
    if (isSameScope(scope, this.home)) {
      for (const log of logs.values())
        if (!deployed.has(log.functionName)) add(defaultLogGroup(log.functionName), log);
    }
    return [...groups]
      .map(([name, group]) => ({ name, ...group }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws {LogsError} if the group does not exist */
  async one(scope: Scope, name: string): Promise<LogGroup> {
    const found = (await this.all(scope)).find((group) => group.name === name);
    if (found === undefined)
      throw new LogsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return found;
  }
}
