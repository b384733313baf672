import type { State } from './lifecycle/lifecycle-types';
import type { LogRecorder } from './log-recorder';

/** Logs the phases of a state change, which only telemetry and JSON logs have. */
export function logPhase(log: LogRecorder, before: State, next: State, elapsedMs: number): void {
  if (next.name === 'initializing' && next.phase === 'invoke') log.initRepeated();
  if (before.name === 'initializing' && (next.name === 'invoking' || next.name === 'ready'))
    log.initialized(before.phase, elapsedMs - before.startedAt);
}

/** The runtime has asked for its next event. */
export function logRuntimeParked(log: LogRecorder, state: State): void {
  if (state.name === 'initializing') log.runtimeInitialized(state.phase);
  else if (state.name === 'settling') log.runtimeDone(state.ended);
}
