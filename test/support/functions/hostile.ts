import type { RunningApp } from '../app/running-app';
import { functionsFolder } from './functions-folder';

const code = functionsFolder('hostile');
const common = { code, timeout: 60, memorySize: 512 };

/** Functions that run what their event says, for `lambdock.yaml`. */
export const hostile = {
  python: { ...common, runtime: 'python3.13', handler: 'app.handler' },
  node: { ...common, runtime: 'nodejs22.x', handler: 'index.handler' },
};

/** Runs code in a hostile function; Python sets `result`, JavaScript returns it. */
export async function attack(app: RunningApp, name: string, code: string): Promise<unknown> {
  const { payload, functionError } = await app.invoke(name, { code });
  if (functionError !== undefined) throw new Error(`the attack itself failed: ${JSON.stringify(payload)}`);
  return payload;
}
