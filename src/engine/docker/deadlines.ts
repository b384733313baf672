import type { IncomingMessage } from 'node:http';
import type Docker from 'dockerode';
import type { Clock } from '../../lib/clock';
import { EngineError } from '../engine';

/** The part of a client library's request that identifies it. */
interface DialOptions {
  readonly path: string;
  readonly method: string;
  readonly isStream?: boolean;
}
type Dialled = (error: unknown, result?: unknown) => void;
type Dial = (options: DialOptions & { readonly abortSignal?: AbortSignal }, callback: Dialled) => void;

interface Step {
  readonly method: string;
  readonly path: RegExp;
  /** Completes "to". */
  readonly what: string;
  /** Limit of the whole response, or of a stream's head. `undefined`: none, since callers wait for the event itself. */
  readonly limitMs: number | undefined;
  /** How long a stream may be silent. */
  readonly idleMs?: number;
}

const second = 1_000;
const minute = 60 * second;

/** The first match counts. A container starts in under a second, but the machine may be very busy. */
const steps: readonly Step[] = [
  { method: 'POST', path: /^\/containers\/[^/]+\/wait\b/, what: 'wait for a container', limitMs: undefined },
  { method: 'POST', path: /^\/containers\/create\b/, what: 'create a container', limitMs: 45 * second },
  { method: 'POST', path: /^\/containers\/[^/]+\/start\b/, what: 'start a container', limitMs: 60 * second },
  { method: 'POST', path: /^\/containers\/[^/]+\/update\b/, what: 'limit a container', limitMs: 20 * second },
  {
    method: 'POST',
    path: /^\/containers\/[^/]+\/attach\b/,
    what: 'attach to a container',
    limitMs: 20 * second,
  },
  { method: 'DELETE', path: /^\/containers\//, what: 'remove a container', limitMs: 10 * second },
  { method: 'DELETE', path: /^\/networks\//, what: 'remove a network', limitMs: 5 * second },
  {
    method: 'GET',
    path: /^\/containers\/[^/]+\/archive\b/,
    what: 'copy files',
    limitMs: minute,
    idleMs: minute,
  },
  { method: 'PUT', path: /^\/containers\/[^/]+\/archive\b/, what: 'copy files', limitMs: 10 * minute },
  // These streams are silent while the engine downloads or compiles.
  {
    method: 'POST',
    path: /^\/images\/create\b/,
    what: 'pull an image',
    limitMs: 5 * minute,
    idleMs: 10 * minute,
  },
  { method: 'POST', path: /^\/build\b/, what: 'build an image', limitMs: 10 * minute, idleMs: 30 * minute },
  {
    method: 'POST',
    path: /^\/images\/load\b/,
    what: 'load an image',
    limitMs: 10 * minute,
    idleMs: 10 * minute,
  },
  { method: 'POST', path: /^\/commit\b/, what: 'commit an image', limitMs: 10 * minute },
  { method: 'DELETE', path: /^\/images\//, what: 'remove an image', limitMs: 2 * minute },
  // Lasts as long as this process, and is silent without events.
  { method: 'GET', path: /^\/events\b/, what: 'report events', limitMs: 20 * second },
  { method: 'GET', path: /^/, what: 'inspect its state', limitMs: 20 * second },
];
const otherwise = { what: 'do something', limitMs: minute };

/**
 * Gives every request of a client a deadline: an engine may accept connections and never answer. A request that exceeds
 * it rejects with an `EngineError` of kind `unreachable`.
 */
export function setDeadlines(docker: Docker, address: string, clock: Clock): void {
  const modem = docker.modem as unknown as { dial: Dial };
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    const step: Omit<Step, 'method' | 'path'> =
      steps.find(({ method, path }) => method === options.method && path.test(options.path)) ?? otherwise;
    const { limitMs, idleMs, what } = step;
    if (limitMs === undefined) {
      dial(options, callback);
      return;
    }
    const controller = new AbortController();
    let isOver = false;
    const alarm = clock.alarm(clock.now() + limitMs, () => {
      isOver = true;
      callback(silent(address, what, limitMs));
      controller.abort();
    });
    dial({ ...options, abortSignal: controller.signal }, (error, result) => {
      if (isOver) return;
      isOver = true;
      alarm.clear();
      if (idleMs !== undefined && options.isStream && error === null) {
        limitSilence(result as IncomingMessage, idleMs, () => silent(address, what, idleMs));
      }
      callback(error, result);
    });
  };
}

function limitSilence(stream: IncomingMessage, idleMs: number, error: () => Error): void {
  const { socket } = stream;
  const onTimeout = () => stream.destroy(error());
  socket.setTimeout(idleMs, onTimeout);
  // The socket is reused for other requests.
  stream.once('close', () => socket.off('timeout', onTimeout).setTimeout(0));
}

function silent(address: string, what: string, limitMs: number): EngineError {
  return new EngineError(
    'unreachable',
    `The engine at ${address} did not answer the request to ${what} within ${limitMs / second} s. ` +
      'Check whether it is paused, overloaded or still starting, and restart it if needed.',
  );
}
