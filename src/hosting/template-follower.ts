import { TemplateError } from '../functions/template/problems';
import type { Template } from '../functions/template/template';
import type { WantedFunction } from '../functions/template/wanted';
import type { Alarm, Clock } from '../lib/clock';
import { DeploymentPace, longestDelayMs } from './deployment-pace';
import { SourceWatch } from './source-watch';

/** Makes a template's functions exist. */
export interface Hosting {
  /** `changed`: absolute paths of all that may have changed since the last call; absent where that is not known. */
  apply(functions: readonly WantedFunction[], changed?: ReadonlySet<string>): Promise<void>;
}

/** How long `close` waits for a deployment that is under way; what it has not finished by then is dropped. */
const closeWithinMs = 2_000;

export interface TemplateFollowerOptions {
  /** Reads the template's present state. @throws {TemplateError} */
  readonly load: () => Template;
  readonly hosting: Hosting;
  readonly clock: Clock;
  /** A folder that lambdock writes to: changes below it are not followed. */
  readonly dataFolder: string;
  readonly say: (sentence: string) => void;
  /** Receives a change that could not be deployed though the template is valid. */
  readonly fail: (error: Error) => void;
}

/** Deploys a template again when it, or code or layers that it names, change. At most one deployment waits for its turn. */
export class TemplateFollower {
  readonly #options: TemplateFollowerOptions;
  readonly #watch: SourceWatch;
  readonly #pace = new DeploymentPace();
  #running: Promise<void> = Promise.resolve();
  /** Asked for and not begun: it will read the newest state, so that one is enough. */
  #pending: Promise<void> | undefined;
  #heldBack: Alarm | undefined;
  /** What has changed since the last deployment; undefined where that is not known. */
  #unseen: Set<string> | undefined = new Set();
  #template: Template | undefined;
  #closed = false;

  constructor(options: TemplateFollowerOptions) {
    const { clock, dataFolder, say } = options;
    this.#options = options;
    this.#watch = new SourceWatch(clock, (paths) => this.#changed(paths), say, dataFolder);
  }

  begin(template: Template): Promise<void> {
    this.#template = template;
    return this.#watch.cover(template.files, template.functions);
  }

  /**
   * Deploys what the template says now, whether a change of it was noticed or not. Resolves when each of its functions
   * is ready or has failed.
   * @throws {TemplateError} what runs goes on as it was then
   */
  reload(): Promise<void> {
    this.#unseen = undefined;
    return this.#ask();
  }

  /** Drops the deployment that waits, and leaves one that is under way after two seconds. */
  async close(): Promise<void> {
    const { clock } = this.#options;
    this.#closed = true;
    this.#heldBack?.clear();
    await this.#watch.close();
    await new Promise<void>((resolve) => {
      const alarm = clock.alarm(clock.now() + closeWithinMs, resolve);
      void this.#running.then(() => {
        alarm.clear();
        resolve();
      });
    });
  }

  #ask(): Promise<void> {
    this.#pending ??= this.#next();
    return this.#pending;
  }

  #next(): Promise<void> {
    const turn = this.#running.then(async () => {
      this.#pending = undefined;
      if (!this.#closed) await this.#deploy();
    });
    this.#running = turn.catch(() => undefined);
    return turn;
  }

  #changed(paths: ReadonlySet<string>): void {
    const { clock, say } = this.#options;
    for (const path of paths) this.#unseen?.add(path);
    if (this.#pending !== undefined) return;
    const { delayMs, heldBack } = this.#pace.delay(paths, clock.now());
    if (heldBack !== undefined) {
      say(
        `${heldBack} changes with every deployment. Its changes are deployed at most every ${longestDelayMs / 1_000} s from now on. ` +
          'Move it out of the code and layers, or set watch to false.',
      );
    }
    if (delayMs === 0) {
      this.#heldBack?.clear();
      this.#heldBack = undefined;
      void this.#reloadChanged();
      return;
    }
    this.#heldBack ??= clock.alarm(clock.now() + delayMs, () => {
      this.#heldBack = undefined;
      void this.#reloadChanged();
    });
  }

  async #reloadChanged(): Promise<void> {
    const { say, fail } = this.#options;
    try {
      await this.#ask();
    } catch (error) {
      if (this.#closed) return;
      // A file in the middle of being edited is no reason to end what runs.
      if (error instanceof TemplateError) say(`the template is left as it was: ${error.message}`);
      else fail(new Error('A change of the template could not be deployed', { cause: error }));
    }
  }

  async #deploy(): Promise<void> {
    const { hosting, clock } = this.#options;
    const changed = this.#watch.isExact ? this.#unseen : undefined;
    // What fails in the middle leaves it open what has been deployed.
    this.#unseen = undefined;
    const template = this.#load(changed);
    this.#pace.begin();
    try {
      this.#unseen = new Set();
      await this.#watch.cover(template.files, template.functions);
      await hosting.apply(template.functions, changed);
    } catch (error) {
      this.#unseen = undefined;
      throw error;
    } finally {
      this.#pace.end(clock.now());
    }
  }

  #load(changed: ReadonlySet<string> | undefined): Template {
    const known = this.#template;
    if (known !== undefined && changed !== undefined && !known.files.some((file) => changed.has(file)))
      return known;
    this.#template = undefined;
    this.#template = this.#options.load();
    return this.#template;
  }
}
