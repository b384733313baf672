import type { ProcessSpec } from '../../src/engine/engine';

/** A program of the contract: its name and its arguments. The subject knows how to run it. */
export type Program =
  /** Prints `line 1` to `line N`, then exits with 0. */
  | readonly ['lines', count: number]
  /** Prints `out`, `err` and `log` to stdout, stderr and the telemetry descriptor. */
  | readonly ['streams']
  | readonly ['exit', code: number]
  /** Ends by a signal from inside. */
  | readonly ['crash', signal: 'SIGSEGV' | 'SIGKILL']
  /** Prints `up`, then does nothing for ever. */
  | readonly ['idle']
  /** Prints `up`; at SIGTERM prints `bye` and exits with 7. */
  | readonly ['trap']
  /** Prints `tick` about every 5 ms. */
  | readonly ['ticker']
  /** Takes and fills that much memory, prints `up`, and keeps it. */
  | readonly ['grow', mebibytes: number]
  /** Fills a file in `/tmp` and prints `up`, or `ENOSPC` where there is no room; then does nothing for ever. */
  | readonly ['fill', path: string, mebibytes: number]
  /** Prints how many bytes a file has, or `absent`. */
  | readonly ['size', path: string]
  /** Prints the names in a folder, sorted, a line each, with the content of what is a file behind a space. */
  | readonly ['list', folder: string]
  /** Tries to write, replace, rename and remove what is in a folder; prints how often that went well. */
  | readonly ['spoil', folder: string]
  /** Prints `asking`, posts that many bytes to `127.0.0.1:9001/echo`, prints status and length of the answer. */
  | readonly ['post', bytes: number]
  /** Prints `polling`, asks for its next event as a runtime does, prints the answer's status. */
  | readonly ['poll']
  /** Serves HTTP on a port: answers with `inside` and the request's path. Prints `up` first. */
  | readonly ['serve', port: number];

export const processOf = (
  name: string,
  command: ProcessSpec['command'],
  more: Partial<ProcessSpec> = {},
): ProcessSpec => ({ name, command, workingDirectory: '/', environment: {}, ...more });
