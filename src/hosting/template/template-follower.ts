import { isDeepStrictEqual } from 'node:util';
import { TemplateError } from '../../functions/template/problems';
import type { TemplateSettings } from '../../functions/template/settings';
import type { Template } from '../../functions/template/template';
import type { WantedFunction } from '../../functions/template/wanted';
import type { Alarm, Clock } from '../../lib/clock';
import { deferred } from '../../lib/deferred';
import type { Notices } from '../../telemetry/notices';
import { DeploymentPace, longestDelayMs } from '../deployment-pace';
import { isSourceOf, type SourceChange } from '../source-change';
import { SourceWatch } from '../source-watch';

/** Makes a template's functions exist. */
export interface Hosting {
  /**
   * @param changed absolute paths that may have changed since the last call; absent if unknown
   * @param change the files whose change was noticed
   */
  apply(
    functions: readonly WantedFunction[],
    changed?: ReadonlySet<string>,
    change?: SourceChange,
  ): Promise<void>;
  /** Lets new invocations of these functions wait for `until`. */
  hold(functionNames: readonly string[], until: Promise<void>): void;
}

/** Longest time that invocations wait for the deployment of an edit, which normally takes much less. */
const holdMostMs = 3_000;

/** How long `close` waits for a running deployment before it drops the rest. */
const closeWithinMs = 2_000;

export interface TemplateFollowerOptions {
  /** Reads the template's present state. @throws {TemplateError} */
  readonly load: () => Template;
  readonly hosting: Hosting;
  readonly clock: Clock;
  /** A folder that lambdock writes to: changes below it are not followed. */
  readonly dataFolder: string;
  readonly notices: Notices;
  /** The template's settings that are in force. */
  readonly settings: TemplateSettings;
  /** Receives a change that could not be deployed though the template is valid. */
  readonly fail: (error: Error) => void;
}

/**
 * Deploys a template again when it, or code or layers that it names, change. At most one deployment waits for its turn.
 */
export class TemplateFollower {
  readonly #options: TemplateFollowerOptions;
  readonly #watch: SourceWatch;
  readonly #pace = new DeploymentPace();
  #running: Promise<void> = Promise.resolve();
  /** The requested deployment that has not begun. It will read the newest state, so one is enough. */
  #pending: Promise<void> | undefined;
  #heldBack: Alarm | undefined;
  /** Changes since the last deployment; undefined if unknown. */
  #unseen: Set<string> | undefined = new Set();
  #closed = false;
  #template: Template | undefined;
  /** Changes since the last deployment began, and the promise that invocations await. */
  #noticed:
    | { readonly change: SourceChange & { readonly paths: Set<string> }; readonly hold: Hold }
    | undefined;

  constructor(options: TemplateFollowerOptions) {
    const { clock, dataFolder, notices } = options;
    this.#options = options;
    this.#watch = new SourceWatch(
      clock,
      (paths) => this.#changed(paths),
      (path) => this.#notice(path),
      notices.say,
      dataFolder,
    );
  }

  /**
   * Watches the template and its sources, then deploys it, so that no change in between is missed. Resolves when each
   * of its functions is ready or has failed.
   */
  begin(template: Template): Promise<void> {
    this.#template = template;
    const covered = this.#watch.cover(template.files, template.functions);
    this.#running = covered.catch(() => undefined);
    return covered.then(async () => {
      if (!this.#closed) await this.#options.hosting.apply(template.functions);
    });
  }

  /**
   * Deploys the current template, even without a noticed change. Resolves when each of its functions is ready or has
   * failed.
   * @throws {TemplateError} the functions stay as they were
   */
  reload(): Promise<void> {
    this.#unseen = undefined;
    return this.#ask();
  }

  /** Drops the waiting deployment and leaves a running one after two seconds. */
  async close(): Promise<void> {
    const { clock } = this.#options;
    this.#closed = true;
    this.#heldBack?.clear();
    this.#noticed?.hold.end();
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
    const { clock, notices } = this.#options;
    for (const path of paths) this.#unseen?.add(path);
    if (this.#pending !== undefined) return;
    const { delayMs, heldBack } = this.#pace.delay(paths, clock.now());
    if (heldBack !== undefined) {
      notices.say(
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
    this.#noticed?.hold.end();
    this.#heldBack ??= clock.alarm(clock.now() + delayMs, () => {
      this.#heldBack = undefined;
      void this.#reloadChanged();
    });
  }

  async #reloadChanged(): Promise<void> {
    try {
      await this.#ask();
    } catch (error) {
      // A wrong template has been reported already, and the functions stay as they were.
      if (this.#closed || error instanceof TemplateError) return;
      this.#options.fail(new Error('A change of the template could not be deployed', { cause: error }));
    }
  }

  async #deploy(): Promise<void> {
    const { hosting, clock } = this.#options;
    const noticed = this.#noticed;
    this.#noticed = undefined;
    const changed = this.#watch.isExact ? this.#unseen : undefined;
    // After a failure in the middle it is unknown which changes were deployed.
    this.#unseen = undefined;
    try {
      const template = this.#load(changed);
      this.#pace.begin();
      try {
        this.#unseen = new Set();
        await this.#watch.cover(template.files, template.functions);
        await hosting.apply(template.functions, changed, noticed?.change);
      } catch (error) {
        this.#unseen = undefined;
        throw error;
      } finally {
        this.#pace.end(clock.now());
      }
    } finally {
      noticed?.hold.end();
    }
  }

  #load(changed: ReadonlySet<string> | undefined): Template {
    const known = this.#template;
    if (known !== undefined && changed !== undefined && !known.files.some((file) => changed.has(file)))
      return known;
    const { load, notices, settings } = this.#options;
    let template: Template;
    try {
      template = load();
    } catch (error) {
      if (error instanceof TemplateError)
        notices.raise(
          'template',
          `The template has errors and was not deployed; the functions stay as they were: ${error.message}`,
        );
      throw error;
    }
    notices.resolve('template');
    const differing = differences(settings, template.settings);
    if (differing.length === 0) notices.resolve('settings');
    else
      notices.raise(
        'settings',
        `Settings of the template have changed (${differing.join(', ')}) and apply after a restart. Run "npm run up", or start lambdock again.`,
      );
    this.#template = template;
    return template;
  }

  /** From now on, invocations of functions that use this file wait for its deployment. */
  #notice(path: string): void {
    const { clock, hosting } = this.#options;
    this.#noticed ??= {
      change: { paths: new Set(), sinceMs: clock.now() },
      hold: new Hold(clock, holdMostMs),
    };
    const { change, hold } = this.#noticed;
    change.paths.add(path);
    const { files = [], functions = [] } = this.#template ?? {};
    const concerned = files.includes(path) ? functions : functions.filter((each) => isSourceOf(each, path));
    hosting.hold(
      concerned.map(({ name }) => name),
      hold.ended,
    );
  }
}

/** Names of the settings that differ. */
function differences(before: TemplateSettings, now: TemplateSettings): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => !isDeepStrictEqual(Reflect.get(before, name), Reflect.get(now, name)));
}

/** Ends when its deployment has, or after a time. */
class Hold {
  readonly #over = deferred<void>();
  readonly #alarm: Alarm;

  constructor(clock: Clock, mostMs: number) {
    this.#alarm = clock.alarm(clock.now() + mostMs, () => this.#over.resolve());
  }

  get ended(): Promise<void> {
    return this.#over.promise;
  }

  end(): void {
    this.#alarm.clear();
    this.#over.resolve();
  }
}
