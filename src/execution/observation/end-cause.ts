import type { Event, State } from '../lifecycle/lifecycle-types';
import type { EndCause } from './observer';

const isEnd = ({ name }: State) => name === 'stopping' || name === 'gone';

/** Why a step ends an environment by itself; undefined where it does not, or where it was asked to end. */
export function endCauseOf(before: State, event: Event, after: State): EndCause | undefined {
  if (event.type === 'deadlinePassed' && before.name === 'ready') return 'idle-expiry';
  return isEnd(after) && !isEnd(before) ? 'crash' : undefined;
}
