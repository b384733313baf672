/**
 * The platform's own log lines in Lambda's text format. Fields are separated by tabs; REPORT ends with a tab.
 * Recorded from the service; INIT_REPORT is described at
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */

/** `runtime` is absent for functions packaged as images, which have no runtime version. */
export function initStartLine(runtime: { name: string; versionArn: string } | undefined): string {
  return runtime === undefined
    ? 'INIT_START '
    : `INIT_START Runtime Version: ${runtime.name}\tRuntime Version ARN: ${runtime.versionArn}`;
}

export function restoreStartLine(runtime: { name: string; versionArn: string } | undefined): string {
  return initStartLine(runtime).replace('INIT_START', 'RESTORE_START');
}

export function restoreReportLine(durationMs: number): string {
  return `RESTORE_REPORT Restore Duration: ${durationMs.toFixed(2)} ms`;
}

export function initReportLine(fields: {
  readonly durationMs: number;
  readonly phase: 'init' | 'invoke';
  readonly status: string;
  readonly errorType: string;
}): string {
  const error = fields.status === 'timeout' ? '' : `\tError Type: ${fields.errorType}`;
  return `INIT_REPORT Init Duration: ${fields.durationMs.toFixed(2)} ms\tPhase: ${fields.phase}\tStatus: ${fields.status}${error}`;
}

/** One line per extension, between the init phase and the first START. */
export function extensionLine(extension: {
  readonly name: string;
  readonly state: string;
  readonly events: readonly string[];
  readonly errorType?: string;
}): string {
  const { name, state, events, errorType } = extension;
  const error = errorType === undefined ? '' : `\tError Type: ${errorType}`;
  return `EXTENSION\tName: ${name}\tState: ${state}\tEvents: [${events.join(', ')}]${error}`;
}

/** One line per subscription to the Telemetry API or the Logs API. */
export function subscriptionLine(subscription: {
  readonly api: 'telemetry' | 'logs';
  readonly name: string;
  readonly types: readonly string[];
}): string {
  const { api, name, types } = subscription;
  const kinds = types.map((type) => `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`);
  return `${api.toUpperCase()}\tName: ${name}\tState: Subscribed\tTypes: [${kinds.join(', ')}]`;
}

/** A fault that the platform detected, as the lines of one event; `errorType` is the caller's. */
export function faultLine(fields: {
  readonly requestId: string;
  readonly status: string;
  readonly errorType: string;
  readonly message: string;
  readonly timeMs: number;
}): string {
  const { requestId, status, errorType, message, timeMs } = fields;
  return status === 'timeout'
    ? `${new Date(timeMs).toISOString()} ${requestId} ${message}`
    : `RequestId: ${requestId} Error: ${message}\n${errorType}`;
}

/** Why the process of an image could not be started; recorded from the service. */
export function launchErrorLine(fields: {
  readonly message: string;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
}): string {
  const { message, entryPoint, command, workingDirectory } = fields;
  return (
    `IMAGE\tLaunch error: ${message}\tEntrypoint: [${entryPoint.join(',')}]\t` +
    `Cmd: [${command.join(',')}]\tWorkingDir: [${workingDirectory}]`
  );
}

export function startLine(requestId: string, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}`;
}

export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}`;
}

export interface ReportFields {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memorySizeMB: number;
  readonly maxMemoryUsedMB: number;
  readonly initDurationMs?: number | undefined;
  readonly restoreDurationMs?: number | undefined;
  readonly status: string;
  readonly errorType?: string | undefined;
  /** The trace header of a function with active tracing. */
  readonly trace?: string | undefined;
}

/** Lambda bills init together with the invocation that caused it (for all packages since August 2025). */
export function billedDurationMs(fields: Pick<ReportFields, 'durationMs' | 'initDurationMs'>): number {
  return Math.max(1, Math.ceil(fields.durationMs + (fields.initDurationMs ?? 0)));
}

export function reportLine(fields: ReportFields): string {
  let line =
    `REPORT RequestId: ${fields.requestId}\t` +
    `Duration: ${fields.durationMs.toFixed(2)} ms\tBilled Duration: ${billedDurationMs(fields)} ms\t` +
    `Memory Size: ${fields.memorySizeMB} MB\tMax Memory Used: ${fields.maxMemoryUsedMB} MB\t`;
  if (fields.initDurationMs !== undefined) line += `Init Duration: ${fields.initDurationMs.toFixed(2)} ms\t`;
  const { restoreDurationMs } = fields;
  if (restoreDurationMs !== undefined)
    line += `Restore Duration: ${restoreDurationMs.toFixed(2)} ms\tBilled Restore Duration: ${Math.ceil(restoreDurationMs)} ms\t`;
  // Only invocations that the platform ended have a status. Errors of the handler do not.
  if (fields.status === 'timeout') line += 'Status: timeout\t';
  else if (fields.errorType !== undefined)
    line += `Status: ${fields.status}\tError Type: ${fields.errorType}\t`;
  return fields.trace === undefined ? line : `${line}${tracePart(fields.trace)}`;
}

/** A second line of the same event, for sampled traces. */
function tracePart(trace: string): string {
  const [, root, parent] = /Root=([^;]+);Parent=([^;]+);Sampled=1/.exec(trace) ?? [];
  return root === undefined ? '' : `\nXRAY TraceId: ${root}\tSegmentId: ${parent}\tSampled: true\t`;
}
