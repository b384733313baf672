import type { Sandbox } from '../engine/engine';
import type { State } from './lifecycle/lifecycle-types';
import { whenOutputRead } from './output-flow';

const taskOf = (state: State) => (state.name === 'invoking' ? state.task : undefined);

/** Calls `goOn`, which lets the runtime continue, once its output is read, unless the state has changed. */
export function whenRead(
  sandbox: Pick<Sandbox, 'direct' | 'outputRead'> | undefined,
  state: () => State,
  goOn: () => void,
  fail: (error: Error) => void,
): void {
  const { name } = state();
  const task = taskOf(state());
  // A retire request replaces the state object.
  const goOnIfSame = () => state().name === name && taskOf(state()) === task && goOn();
  whenOutputRead(sandbox, goOnIfSame, fail);
}
