import { basename } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { Alarm, Clock } from '../lib/clock';
import { ignoredNames } from './folder';
import type { WantedFunction } from './wanted';

/** Editors and build tools write several files in a row; what comes within this time is one change. */
const quietMs = 100;

/** Tells when a template, or code or layers that it names, have changed. */
export class SourceWatch {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #watcher: FSWatcher | undefined;
  #covered = '';
  #alarm: Alarm | undefined;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Watches these from now on, and nothing else. Resolves when no change can be missed any more. */
  async cover(templateFiles: readonly string[], functions: readonly WantedFunction[]): Promise<void> {
    const sources = functions.flatMap(({ package: code }) =>
      code.kind === 'zip' ? [...(typeof code.code === 'string' ? [code.code] : []), ...code.layers] : [],
    );
    const paths = [...new Set([...templateFiles, ...sources])];
    if (paths.join('\n') === this.#covered) return;
    this.#covered = paths.join('\n');
    // A watcher tells only once that it is ready, so other paths get another watcher.
    const before = this.#watcher;
    const watcher = watch(paths, {
      ignoreInitial: true,
      ignored: (path) => ignoredNames.has(basename(path)),
    });
    this.#watcher = watcher;
    watcher.on('all', () => this.#wait());
    // What cannot be watched cannot be read either, and is told of then.
    watcher.on('error', () => undefined);
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
    await before?.close();
  }

  async close(): Promise<void> {
    this.#alarm?.clear();
    await this.#watcher?.close();
  }

  #wait(): void {
    this.#alarm?.clear();
    this.#alarm = this.#clock.alarm(this.#clock.now() + quietMs, this.#changed);
  }
}
