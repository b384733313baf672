import type { Configuration } from './client/lambda-api';
import { Problem } from './problem';

/** A function's configuration as options of a command. */
export interface FunctionOptions {
  readonly runtime?: string;
  readonly handler?: string;
  readonly description?: string;
  readonly memory?: number;
  readonly timeout?: number;
  readonly tmp?: number;
  /** `KEY=VALUE`, or `KEY` to remove a variable. */
  readonly env?: readonly string[];
  /** ARNs, the first one lowest. */
  readonly layer?: readonly string[];
  readonly role?: string;
}

/** The members of the API's input that the options set; variables are added to those of `before`. */
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
    if (name === undefined) throw new Problem(`--env must be KEY=VALUE, got ${each || 'nothing'}.`);
    if (value === undefined) found.delete(name);
    else found.set(name, value);
  }
  return Object.fromEntries(found);
}
