import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ignoredNames } from '../functions/store/folder';
import type { WantedFunction } from '../functions/template/wanted';
import type { Alarm, Clock } from '../lib/clock';
import { errnoOf } from '../lib/errno';
import { ownOutputs } from '../lib/own-output';
import { FolderWatch } from './folder-watch';
import { sourcesOf } from './sources';

/** Editors and build tools write several files in a row; what comes within this time is one change. */
const quietMs = 50;

/** Reports when a template, or code or layers that it names, have changed. */
export class SourceWatch {
  readonly #clock: Clock;
  readonly #changed: (paths: ReadonlySet<string>) => void;
  readonly #say: (sentence: string) => void;
  #isToldOfLimit = false;
  #watcher: FolderWatch | undefined;
  #covered = '';
  #alarm: Alarm | undefined;
  #paths = new Set<string>();

  constructor(
    clock: Clock,
    /** Gets the absolute paths that have changed since the last call. */
    changed: (paths: ReadonlySet<string>) => void,
    /** Gets each path at once; its deployment follows. */
    private readonly noticed: (path: string) => void,
    /** Called where changes may be missed. */
    say: (sentence: string) => void,
    /** Absolute path of a folder that is not watched. */
    private readonly without: string,
  ) {
    this.#clock = clock;
    this.#changed = changed;
    this.#say = say;
  }

  /** Watches only these from now on. Resolves when the watches are active. */
  async cover(templateFiles: readonly string[], functions: readonly WantedFunction[]): Promise<void> {
    const sources = functions.flatMap(sourcesOf);
    const paths = [...new Set([...templateFiles, ...sources])];
    if (paths.join('\n') === this.#covered) return;
    this.#covered = paths.join('\n');
    const before = this.#watcher;
    const watcher = new FolderWatch({
      ignored: (path) => ignoredNames.has(basename(path)) || path === this.without,
      changed: (path) => this.#wait(path),
      failed: (error) => this.#failed(error),
    });
    this.#watcher = watcher;
    // The other paths' changes are noticed by one or the other.
    for (const path of paths) await watcher.add(resolve(path));
    before?.close();
  }

  /** Whether every change is reported with a path below what is covered. */
  get isExact(): boolean {
    return this.#watcher?.isExact ?? false;
  }

  async close(): Promise<void> {
    this.#alarm?.clear();
    this.#watcher?.close();
  }

  /** Other things that cannot be watched cannot be read either, which the deployment reports. */
  #failed(error: unknown): void {
    const problem = watchProblem(error);
    if (problem === undefined || this.#isToldOfLimit) return;
    this.#isToldOfLimit = true;
    this.#say(problem);
  }

  #wait(path: string): void {
    if (isOwnOutput(path)) return;
    this.#paths.add(path);
    this.noticed(path);
    this.#alarm?.clear();
    this.#alarm = this.#clock.alarm(this.#clock.now() + quietMs, () => {
      const paths = this.#paths;
      this.#paths = new Set();
      this.#changed(paths);
    });
  }
}

function isOwnOutput(path: string): boolean {
  try {
    return ownOutputs()(statSync(path, { bigint: true }));
  } catch {
    // Removed, or not to be read: a change like any other.
    return false;
  }
}

/** The message for a watcher's error, such as the system's limit of watched files. */
export function watchProblem(error: unknown): string | undefined {
  const limits: Readonly<Record<string, string>> = {
    ENOSPC: 'fs.inotify.max_user_watches',
    EMFILE: 'fs.inotify.max_user_instances',
  };
  const limit = limits[errnoOf(error) ?? ''];
  if (limit === undefined) return undefined;
  return (
    `some folders of code or layers are not watched, as the system has no room for more (sysctl ${limit}): ` +
    'raise that, or run npm run up after a change'
  );
}
