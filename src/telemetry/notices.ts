import type { Journal } from './journal';

/** A problem that lasts until the user changes something. */
export interface Notice {
  readonly text: string;
  /** Absent if the problem concerns lambdock as a whole. */
  readonly functionName?: string;
}

/** Name of lambdock's own lines in the log. */
export const ownLogName = 'lambdock';

/** Notices about lambdock and deployments: on the console, in the log, and as lasting problems. */
export class Notices {
  readonly #current = new Map<string, Notice>();

  constructor(
    private readonly journal: Journal,
    /** Prints a line for people. */
    private readonly print: (name: string, text: string) => void,
    private readonly nowMs: () => number,
  ) {}

  /** Prints a notice. If it is about a function, also writes it to the function's log. */
  readonly say = (text: string, functionName?: string): void => {
    this.print(ownLogName, text);
    this.journal.write({
      timeMs: this.nowMs(),
      functionName: ownLogName,
      functionVersion: '',
      logStream: ownLogName,
      text,
      ...(functionName !== undefined && { about: functionName }),
    });
  };

  /** Prints a problem that lasts until `resolve` is called with its key. Does not repeat the same text. */
  raise(key: string, text: string, functionName?: string): void {
    if (this.#current.get(key)?.text === text) return;
    this.#current.set(key, { text, ...(functionName !== undefined && { functionName }) });
    this.say(text, functionName);
  }

  resolve(key: string): void {
    this.#current.delete(key);
  }

  /** The current problems: all, or those of one function and of lambdock as a whole. */
  current(functionName?: string): readonly Notice[] {
    return [...this.#current.values()].filter(
      (notice) => functionName === undefined || (notice.functionName ?? functionName) === functionName,
    );
  }
}
