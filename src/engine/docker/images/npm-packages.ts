import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { runChild } from '../../../lib/child';
import { errnoOf } from '../../../lib/errno';
import type { ReportProgress } from '../../../lib/progress';
import { LastLines } from '../../../lib/text/last-lines';
import { EngineError } from '../../engine';

/** Archives of npm packages, fetched by the host's npm once and kept in a folder. */
export class NpmPackages {
  readonly #folder: string;
  readonly #caFile: string | undefined;
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(folder: string, caFile: string | undefined) {
    this.#folder = folder;
    this.#caFile = caFile;
  }

  /** Path of the archive of `NAME@VERSION`. */
  fetch(spec: string, report: ReportProgress): Promise<string> {
    const shared = this.#underWay.get(spec);
    if (shared) return shared;
    const fetching = this.#fetch(spec, report).finally(() => this.#underWay.delete(spec));
    this.#underWay.set(spec, fetching);
    return fetching;
  }

  async #fetch(spec: string, report: ReportProgress): Promise<string> {
    const name = `${spec.replace('@', '-')}.tgz`;
    const place = path.join(this.#folder, name);
    const isThere = await access(place).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
    await mkdir(this.#folder, { recursive: true });
    const scratch = await mkdtemp(path.join(this.#folder, '.fetching-'));
    try {
      report(`Downloading ${spec}`);
      await this.#pack(spec, scratch);
      // Renamed when complete: another process may read it at any time.
      await rename(path.join(scratch, name), place);
      return place;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  async #pack(spec: string, folder: string): Promise<void> {
    const last = new LastLines();
    const code = await runChild({
      command: 'npm',
      arguments: [
        ...['pack', spec, '--pack-destination', folder, '--loglevel', 'error', '--ignore-scripts'],
        ...(this.#caFile === undefined ? [] : [`--cafile=${this.#caFile}`]),
      ],
      onLine: (line) => last.push(line),
    }).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
      throw new EngineError(
        'build-failed',
        `npm is required to download ${spec} but was not found in PATH. Install Node.js with npm.`,
        {
          cause: error,
        },
      );
    });
    if (code === 0) return;
    throw new EngineError(
      'build-failed',
      `npm failed to download ${spec}. Check that its registry is reachable, then try again. Last output:${last}`,
    );
  }
}
