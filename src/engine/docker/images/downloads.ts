import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ReportProgress } from '../../../lib/progress';
import { isJavaClient, packJavaClient } from './maven-packages';
import { packNpm } from './npm-packages';
import { isPortablePython, packPython } from './portable-python';

/** Archives for builds of images. The host's package managers download each once into a folder that is kept. */
export class Downloads {
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
      if (isPortablePython(spec)) await packPython(spec, path.join(scratch, name), this.#caFile);
      else if (isJavaClient(spec)) await packJavaClient(path.join(scratch, name));
      else await packNpm(spec, scratch, this.#caFile);
      // Renamed only when complete, since another process may read it at any time.
      await rename(path.join(scratch, name), place);
      return place;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
}
