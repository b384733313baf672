import {
  exitFault,
  extensionExitFault,
  extensionLaunchFault,
  outcomeOf,
  oversizeFault,
  relativeFolderFault,
  startFault,
  timeoutFault,
  tooManyExtensionsFault,
} from '../../../src/execution/lifecycle/outcome';

test.each([
  [
    'command',
    '/var/task/bootstrap',
    'ENOENT',
    "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
  ],
  ['command', '/run.sh', 'ELOOP', "Couldn't find valid bootstrap(s): [/run.sh]"],
  ['command', '/run.sh', 'EACCES', 'fork/exec /run.sh: permission denied'],
  ['interpreter', '/run.sh', 'ENOENT', 'fork/exec /run.sh: no such file or directory'],
  ['command', '/run.sh', 'E2BIG', 'fork/exec /run.sh: E2BIG'],
] as const)('a %s %s that fails with %s is an invalid entry point', (step, what, code, message) => {
  expect(startFault(step, what, code)).toEqual({
    status: 'error',
    errorType: 'Runtime.InvalidEntrypoint',
    message,
  });
});

test.each([
  [startFault('working-directory', '/nowhere', 'ENOENT'), "the working directory doesn't exist: /nowhere"],
  [startFault('working-directory', '/root', 'EACCES'), 'chdir /root: permission denied'],
  [relativeFolderFault('here'), "the working directory 'here' is invalid, it needs to be an absolute path"],
])('a working directory that cannot be entered is named: %j', (fault, message) => {
  expect(fault).toEqual({ status: 'error', errorType: 'Runtime.InvalidWorkingDir', message });
});

test.each([
  [{ code: 0, outOfMemory: false }, 'Runtime exited without providing a reason'],
  [{ code: 3, outOfMemory: false }, 'Runtime exited with error: exit status 3'],
  [{ signal: 'SIGSEGV', outOfMemory: false }, 'Runtime exited with error: signal: segmentation fault'],
  [{ signal: 'SIGUSR1', outOfMemory: false }, 'Runtime exited with error: signal: SIGUSR1'],
] as const)('an exit of %j is a Runtime.ExitError', (exit, message) => {
  expect(exitFault(exit)).toEqual({ status: 'error', errorType: 'Runtime.ExitError', message });
});

test('a process killed for its memory has the type of an exit for the caller only', () => {
  const exit = { signal: 'SIGKILL', outOfMemory: true } as const;
  expect(exitFault(exit)).toMatchObject({
    errorType: 'Runtime.OutOfMemory',
    callerErrorType: 'Runtime.ExitError',
  });
  expect(extensionExitFault(exit)).toEqual(exitFault(exit));
});

test('faults of extensions name the exit, the file and the limit', () => {
  expect(extensionExitFault({ code: 2, outOfMemory: false })).toEqual({
    status: 'error',
    errorType: 'Extension.Crash',
    message: 'exit status 2',
  });
  expect(extensionExitFault({ signal: 'SIGTERM', outOfMemory: false }).message).toBe('signal: terminated');
  expect(extensionLaunchFault('agent', 'EACCES')).toMatchObject({
    errorType: 'Extension.LaunchError',
    message: 'fork/exec /opt/extensions/agent: permission denied',
  });
  expect(extensionLaunchFault('agent', 'EIO').message).toBe('fork/exec /opt/extensions/agent: EIO');
  expect(tooManyExtensionsFault(10)).toMatchObject({
    errorType: 'Extension.TooManyExtensions',
    message: 'Extension limit (10) reached',
  });
});

test('the caller gets the document of the runtime, or one that is made of type and message', () => {
  const text = (outcome: ReturnType<typeof outcomeOf>) =>
    outcome.kind === 'failed' ? outcome.payload.toString() : outcome.kind;
  expect(text(outcomeOf(timeoutFault(1_500), 'id'))).toBe(
    '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: id Error: Task timed out after 1.50 seconds"}',
  );
  expect(text(outcomeOf({ status: 'error', errorType: 'X' }, 'id'))).toBe(
    '{"errorType":"X","errorMessage":"RequestId: id Error: Unknown"}',
  );
  expect(text(outcomeOf(oversizeFault(5), 'id'))).toBe(
    '{"errorMessage":"Response payload size exceeded maximum allowed payload size (5 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
  );
});
