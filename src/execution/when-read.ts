import type { Sandbox } from '../engine/engine';
import type { State } from './lifecycle/lifecycle-types';
import { whenOutputRead } from './output-flow';

const taskOf = (state: State) => (state.name === 'invoking' ? state.task : undefined);

/** Does what makes the runtime go on once its output is read, unless something else has happened before. */
export function whenRead(
  sandbox: Pick<Sandbox, 'direct' | 'outputRead'> | undefined,
  state: () => State,
  goOn: () => void,
  fail: (error: Error) => void,
): void {
  const { name } = state();
  const task = taskOf(state());
  // The state may be another object by then, having been asked to retire.
  const goOnIfSame = () => state().name === name && taskOf(state()) === task && goOn();
  whenOutputRead(sandbox, goOnIfSame, fail);
}
