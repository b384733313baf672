import type { ProcessExit, StartStep } from '../../engine/engine';

/**
 * How an invocation ended. A failed function is a value, not an exception: the response is 200 with
 * `X-Amz-Function-Error`. Only `platformFailed`, without a response of the function, becomes a 5xx.
 */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly payload: Buffer; readonly contentType: string }
  | { readonly kind: 'failed'; readonly payload: Buffer; readonly fault: Fault }
  | {
      readonly kind: 'platformFailed';
      readonly reason: string;
      /** Absent: `ServiceException`. */
      readonly code?: 'SnapStartTimeoutException';
    };

/** Why an invocation failed, for REPORT lines and telemetry. */
export interface Fault {
  readonly status: 'error' | 'timeout' | 'failure';
  /** For logs and metrics: `Runtime.ExitError`, `Runtime.OutOfMemory`, `Sandbox.Timedout`, … */
  readonly errorType: string;
  /** The error document that the runtime posted. Absent: lambdock makes one from `errorType` and `message`. */
  readonly document?: Buffer;
  /** Text after `RequestId: … Error: `. */
  readonly message?: string;
  /** The error type for the caller if it differs from the one in the logs. */
  readonly callerErrorType?: string;
  /** The handler raised the error and the runtime reported it: the environment stays, and REPORT has no status. */
  readonly postedByRuntime?: boolean;
}

/** The outcome a caller sees for a fault; platform-made documents have `errorType` first, as Lambda's have. */
export function outcomeOf(fault: Fault, requestId: string): Outcome {
  const payload =
    fault.document ??
    Buffer.from(
      JSON.stringify({
        errorType: fault.callerErrorType ?? fault.errorType,
        errorMessage: `RequestId: ${requestId} Error: ${fault.message ?? 'Unknown'}`,
      }),
    );
  return { kind: 'failed', payload, fault };
}

/** Names of signals as Lambda's Go supervisor prints them; any other is printed by its own name. */
const signalTexts: Readonly<Record<string, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trace/breakpoint trap',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGPIPE: 'broken pipe',
  SIGALRM: 'alarm clock',
  SIGTERM: 'terminated',
};

export function exitFault(exit: ProcessExit): Fault {
  const message =
    exit.signal !== undefined
      ? `Runtime exited with error: signal: ${signalTexts[exit.signal] ?? exit.signal}`
      : exit.code === 0
        ? 'Runtime exited without providing a reason'
        : `Runtime exited with error: exit status ${exit.code}`;
  return exit.outOfMemory
    ? { status: 'error', errorType: 'Runtime.OutOfMemory', callerErrorType: 'Runtime.ExitError', message }
    : { status: 'error', errorType: 'Runtime.ExitError', message };
}

/** An extension's process exited, which is always an error. */
export function extensionExitFault(exit: ProcessExit): Fault {
  if (exit.outOfMemory) return exitFault(exit);
  const message =
    exit.signal === undefined
      ? `exit status ${exit.code}`
      : `signal: ${signalTexts[exit.signal] ?? exit.signal}`;
  return { status: 'error', errorType: 'Extension.Crash', message };
}

/** `timeoutMs` is the function's setting; the text has it in seconds with two digits. */
export function timeoutFault(timeoutMs: number): Fault {
  return {
    status: 'timeout',
    errorType: 'Sandbox.Timedout',
    message: `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  };
}

const errnoTexts: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  ENOEXEC: 'exec format error',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
};

/** Paths of the bootstrap of an OS-only runtime. */
const ownBootstraps = ['/var/task/bootstrap', '/opt/bootstrap'] as const;

const notFound: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** A command cannot be started; the text is Lambda's. `what` is the program or the folder. */
export function startFault(step: StartStep, what: string, code: string): Fault {
  const text = errnoTexts[code] ?? code;
  if (step === 'working-directory') {
    const message =
      code === 'ENOENT' ? `the working directory doesn't exist: ${what}` : `chdir ${what}: ${text}`;
    return { status: 'error', errorType: 'Runtime.InvalidWorkingDir', message };
  }
  const message =
    step === 'command' && notFound.has(code)
      ? `Couldn't find valid bootstrap(s): [${what === ownBootstraps[0] ? ownBootstraps.join(' ') : what}]`
      : `fork/exec ${what}: ${text}`;
  return { status: 'error', errorType: 'Runtime.InvalidEntrypoint', message };
}

export function relativeFolderFault(folder: string): Fault {
  const message = `the working directory '${folder}' is invalid, it needs to be an absolute path`;
  return { status: 'error', errorType: 'Runtime.InvalidWorkingDir', message };
}

/** The response was larger than 6,291,556 bytes. The text names the limit, not the size. */
export function oversizeFault(limitBytes: number): Fault {
  return {
    status: 'error',
    errorType: 'Function.ResponseSizeTooLarge',
    document: Buffer.from(
      JSON.stringify({
        errorMessage: `Response payload size exceeded maximum allowed payload size (${limitBytes} bytes).`,
        errorType: 'Function.ResponseSizeTooLarge',
      }),
    ),
  };
}

/** A streamed response exceeded the limit; the caller has the bytes before it. */
export function streamTooLargeFault(limitBytes: number): Fault {
  return oversizeFault(limitBytes);
}

/** An extension could not be started. `code` is the errno's name. */
export function extensionLaunchFault(name: string, code: string): Fault {
  const message = `fork/exec /opt/extensions/${name}: ${errnoTexts[code] ?? code}`;
  return { status: 'error', errorType: 'Extension.LaunchError', message };
}

/** More extensions than Lambda starts. */
export function tooManyExtensionsFault(limit: number): Fault {
  return {
    status: 'error',
    errorType: 'Extension.TooManyExtensions',
    message: `Extension limit (${limit}) reached`,
  };
}
