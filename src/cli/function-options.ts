import type { Configuration } from './lambda-api';
import { Problem } from './problem';

/** Settings of a function, as a command's options give them. */
export interface FunctionOptions {
  readonly runtime?: string;
  readonly handler?: string;
  readonly description?: string;
  readonly memory?: number;
  readonly timeout?: number;
  readonly tmp?: number;
  /** `KEY=VALUE`, or `KEY` to take one away. */
  readonly env?: readonly string[];
  /** ARNs, the first one lowest. */
  readonly layer?: readonly string[];
  readonly role?: string;
}

/** The members of the API's input that options stand for; variables are added to those of `before`. */
export function inputOf(options: FunctionOptions, before?: Configuration): Readonly<Record<string, unknown>> {
  const { runtime, handler, description, memory, timeout, tmp, env, layer, role } = options;
  return {
    ...(runtime !== undefined && { Runtime: runtime }),
    ...(handler !== undefined && { Handler: handler }),
    ...(description !== undefined && { Description: description }),
    ...(memory !== undefined && { MemorySize: memory }),
    ...(timeout !== undefined && { Timeout: timeout }),
    ...(tmp !== undefined && { EphemeralStorage: { Size: tmp } }),
    ...(env !== undefined && { Environment: { Variables: variables(env, before) } }),
    ...(layer !== undefined && { Layers: layer }),
    ...(role !== undefined && { Role: role }),
  };
}

function variables(env: readonly string[], before: Configuration | undefined): Record<string, string> {
  const found = new Map(Object.entries(before?.Environment?.Variables ?? {}));
  for (const each of env) {
    const [, name, value] = /^([^=]+)(?:=(.*))?$/s.exec(each) ?? [];
    if (name === undefined)
      throw new Problem(`--env is ${each || 'empty'}. It looks like this: --env KEY=VALUE`);
    if (value === undefined) found.delete(name);
    else found.set(name, value);
  }
  return Object.fromEntries(found);
}
