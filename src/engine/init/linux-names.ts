/**
 * Names of the numbers that an init reports. Sandboxes run on Linux even if lambdock runs on a Mac, so the tables of
 * this process's system (`os.constants`) would be wrong. x86_64 and arm64 have the same numbers.
 */

const signals = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
];

/** Errors of execve, chdir, fork, pipe, socket and connect. */
const errors = new Map([
  [1, 'EPERM'],
  [2, 'ENOENT'],
  [5, 'EIO'],
  [7, 'E2BIG'],
  [8, 'ENOEXEC'],
  [11, 'EAGAIN'],
  [12, 'ENOMEM'],
  [13, 'EACCES'],
  [20, 'ENOTDIR'],
  [21, 'EISDIR'],
  [22, 'EINVAL'],
  [23, 'ENFILE'],
  [24, 'EMFILE'],
  [26, 'ETXTBSY'],
  [36, 'ENAMETOOLONG'],
  [40, 'ELOOP'],
  [80, 'ELIBBAD'],
  [101, 'ENETUNREACH'],
  [104, 'ECONNRESET'],
  [110, 'ETIMEDOUT'],
  [111, 'ECONNREFUSED'],
  [113, 'EHOSTUNREACH'],
]);

/** `SIGKILL` for 9; real-time signals, which have no names, as `SIG40`. */
export function signalName(number: number): string {
  return signals[number - 1] ?? `SIG${number}`;
}

/** `ENOENT` for 2; `errno 77` for one that is not in the table. */
export function errorName(number: number): string {
  return errors.get(number) ?? `errno ${number}`;
}
