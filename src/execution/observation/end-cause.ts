import type { Event, State } from '../lifecycle/lifecycle-types';
import type { EndCause } from './observer';

const isEnd = ({ name }: State) => name === 'stopping' || name === 'gone';

/** The cause if this step ends the environment; undefined if it does not, or if the end was requested. */
export function endCauseOf(before: State, event: Event, after: State): EndCause | undefined {
  if (event.type === 'deadlinePassed' && before.name === 'ready') return 'idle-expiry';
  return isEnd(after) && !isEnd(before) ? 'crash' : undefined;
}
