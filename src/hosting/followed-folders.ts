import { basename, resolve, sep } from 'node:path';
import { LambdaError } from '../aws/errors';
import { followedCode } from '../functions/build/followed-code';
import type { FunctionRegistry } from '../functions/registry/functions';
import type { Registry } from '../functions/registry/registry';
import type { Scope } from '../functions/registry/state';
import { ignoredNames } from '../functions/store/folder';
import type { Alarm, Clock } from '../lib/clock';
import { FolderWatch } from './folder-watch';

/** Editors and build tools write several files in a row; what comes within this time is one change. */
const quietMs = 50;
/** When a function that is being changed is tried again. */
const againMs = 100;

interface Followed {
  readonly scope: Scope;
  readonly functionName: string;
  readonly path: string;
  readonly hash: string;
}

export interface FollowedFoldersOptions {
  readonly registry: Registry;
  readonly functions: FunctionRegistry;
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
  readonly fail: (error: Error) => void;
}

/** Deploys code of functions whose caller named a folder, each time that it changes. */
export class FollowedFolders {
  #watcher: FolderWatch | undefined;
  #covered = '';
  #alarm: Alarm | undefined;
  #changed = new Set<string>();
  readonly #end: () => void;
  #closed = false;

  constructor(private readonly options: FollowedFoldersOptions) {
    this.#end = options.registry.onChange(() => this.#cover());
    this.#cover();
  }

  close(): void {
    this.#closed = true;
    this.#end();
    this.#alarm?.clear();
    this.#watcher?.close();
  }

  #followed(): readonly Followed[] {
    return this.options.registry.everyServed().flatMap(({ scope, record: { functionName, code } }) => {
      if (code.kind !== 'zip' || code.followed === undefined) return [];
      return [{ scope, functionName, path: code.followed, hash: code.hash }];
    });
  }

  #cover(): void {
    const paths = [...new Set(this.#followed().map(({ path }) => resolve(path)))].sort();
    if (this.#closed || paths.join('\n') === this.#covered) return;
    this.#covered = paths.join('\n');
    const before = this.#watcher;
    const watcher = new FolderWatch({
      ignored: (path) => ignoredNames.has(basename(path)),
      changed: (path) => this.#wait([path], quietMs),
      failed: (error) => this.options.fail(error instanceof Error ? error : new Error(String(error))),
    });
    this.#watcher = watcher;
    void Promise.all(paths.map((path) => watcher.add(path))).then(() => {
      before?.close();
      // Reports changes from before the watch began.
      this.#wait(paths, quietMs);
    }, this.options.fail);
  }

  #wait(paths: readonly string[], ms: number): void {
    if (this.#closed) return;
    for (const path of paths) this.#changed.add(path);
    this.#alarm?.clear();
    const { clock } = this.options;
    this.#alarm = clock.alarm(clock.now() + ms, () => {
      const changed = [...this.#changed];
      this.#changed = new Set();
      const within = (folder: string) =>
        changed.some((path) => path === folder || path.startsWith(`${folder}${sep}`));
      for (const each of this.#followed()) if (within(resolve(each.path))) void this.#deploy(each);
    });
  }

  async #deploy({ scope, functionName, path, hash }: Followed): Promise<void> {
    const { registry, functions, say } = this.options;
    try {
      const code = await followedCode(registry.store, path);
      if (this.#closed || code.hash === hash) return;
      functions.change(scope, functionName, { code });
      say(`${functionName}: ${path} changed, deployed`);
    } catch (error) {
      if (this.#closed) return;
      if (!(error instanceof LambdaError)) {
        this.options.fail(error instanceof Error ? error : new Error(String(error)));
      } else if (error.code === 'ResourceConflictException') {
        this.#wait([resolve(path)], againMs);
      } else if (error.code !== 'ResourceNotFoundException') {
        say(`${functionName}: not deployed. ${error.message}`);
      }
    }
  }
}
