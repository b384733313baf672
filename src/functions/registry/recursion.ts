import type { FunctionVersion } from '../function-version';
import type { Registry } from './registry';
import { Documents } from './state';

export interface RecursionConfig {
  readonly RecursiveLoop: 'Allow' | 'Terminate';
}

export const recursionConfigs = ({ database }: Pick<Registry, 'database'>) =>
  new Documents<RecursionConfig>(database, 'recursion-config');

/** Whether a function may invoke itself in a loop. */
export function allowsLoops(registry: Registry): (version: FunctionVersion) => boolean {
  const configs = recursionConfigs(registry);
  return ({ functionArn, functionName }) => {
    const [, , , region = '', accountId = ''] = functionArn.split(':');
    return configs.get({ region, accountId }, functionName)?.RecursiveLoop === 'Allow';
  };
}
