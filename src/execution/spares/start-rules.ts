import { drawDelayMs, type StartSettings } from '../../functions/start-settings';
import type { DeclaredDelay } from '../observation/observer';

/** The template's `starts` settings by function. */
export class StartRules {
  #byFunction: ReadonlyMap<string, StartSettings> = new Map();

  constructor(
    private readonly warn: (sentence: string, functionName: string) => void,
    private readonly random: () => number = Math.random,
  ) {}

  /** Replaces all settings. */
  replace(functions: readonly { readonly name: string; readonly starts?: StartSettings }[]): void {
    this.#byFunction = new Map(functions.flatMap(({ name, starts }) => (starts ? [[name, starts]] : [])));
  }

  of(functionName: string): StartSettings | undefined {
    return this.#byFunction.get(functionName);
  }

  /** The delay of one cold start; the log marks it as declared. */
  delayOf(functionName: string): DeclaredDelay | undefined {
    const delay = this.of(functionName)?.coldDelay;
    if (delay === undefined) return undefined;
    const ms = Math.round(drawDelayMs(delay.distribution, this.random));
    this.warn(
      `${functionName}: cold start delayed by ${ms} ms. This is declared, not measured (${delay.source}).`,
      functionName,
    );
    return { ms, source: delay.source };
  }
}
