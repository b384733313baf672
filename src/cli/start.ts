import type { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { type App, startApp } from '../app';
import { prepareImages } from '../engine/choose-engine';
import { loadTemplate } from '../functions/template/template';
import { systemClock } from '../lib/clock';
import { deferred } from '../lib/deferred';
import { rootErrnoOf } from '../lib/errno';
import type { ReportProgress } from '../lib/progress';
import { hostSettings, type Settings } from '../settings';
import type { Flags } from '../settings/resolver';
import { forgetRunning, recordRunning } from './client/running';
import { describeFailure } from './failure';
import { Problem } from './problem';
import { isStrayConnectionError } from './stray-error';

/** Runs lambdock in this process: the first signal shuts it down in order, a second one at once. */
export async function start(flags: Flags): Promise<number> {
  // V8 allocates objects among the old ones where many of their kind have lived long, such as the event emitters that
  // watch large layers; those of requests, of the same kind, would take all that hangs on them along, and twice as much
  // time would go into collecting it.
  setFlagsFromString('--no-allocation-site-pretenuring');
  const settings = hostSettings(flags);
  const stopRequested = deferred<void>();
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals === 1) return stopRequested.resolve();
    // 128 + SIGINT, as shells have it.
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  process.on('uncaughtException', (error) => {
    if (isStrayConnectionError(error)) {
      process.stderr.write(`lambdock | a connection failed: ${error.message}. lambdock keeps running.\n`);
      return;
    }
    process.stderr.write(describeFailure(error));
    process.exit(1);
  });
  const app = await openApp(settings, process.stdout);
  const { instance, projectFolder } = settings;
  recordRunning(projectFolder, { endpoint: app.address, instance, pid: process.pid });
  process.stdout.write(`lambdock | listening at ${app.address}\n`);
  await stopRequested.promise;
  process.stderr.write('Shutting down… press Ctrl-C again to force quit\n');
  await app.close();
  forgetRunning(projectFolder, instance);
  // Requests that the engine has not answered would keep the process until their deadlines.
  process.exit(0);
}

/** Starts lambdock in this process. Log lines and progress go to `output`. */
export async function openApp(settings: Settings, output: Writable): Promise<App> {
  try {
    return await startApp(settings, output);
  } catch (error) {
    const problem = listenProblem(error, settings);
    if (problem === undefined) throw error;
    throw new Problem(problem, { cause: error });
  }
}

/** Errors of the engine's socket have the same codes, and messages of their own. */
function listenProblem(error: unknown, { host, port }: Settings): string | undefined {
  if (!(error instanceof Error && 'syscall' in error)) return undefined;
  const code = rootErrnoOf(error);
  if (error.syscall === 'getaddrinfo') {
    return `Cannot resolve the host name ${host} (${code}). Pass an address of this machine with --host, e.g. --host 127.0.0.1.`;
  }
  if (error.syscall !== 'listen') return undefined;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use at ${host}. Stop the program that uses it, or pass another port: --port ${port + 1}`;
  }
  if (code === 'EACCES') {
    return `Cannot listen on port ${port}: ports below 1024 need root. Pass another port, e.g. --port 9000.`;
  }
  if (code === 'EADDRNOTAVAIL') {
    return `Cannot listen at ${host}: it is not an address of this machine. Pass another one, e.g. --host 127.0.0.1.`;
  }
  return `Cannot listen at ${host}, port ${port} (${code}). Pass others with --host and --port.`;
}

/** Ports of the debuggers of the template's functions. */
export function debugPorts(settings: Settings): readonly number[] {
  const { functions } = loadTemplate(settings.templateFile, settings);
  return functions.flatMap(({ debug }) => debug?.port ?? []);
}

/** Builds the images of the template's functions; resolves to an image with node and npm. */
export function makeImages(settings: Settings, report: ReportProgress): Promise<string> {
  const { functions } = loadTemplate(settings.templateFile, settings);
  const runtimes = functions.flatMap(({ package: each }) => (each.kind === 'zip' ? [each.runtime] : []));
  return prepareImages(settings, runtimes, report, systemClock);
}
