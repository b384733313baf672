import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sharedFolder } from '../app/running-app';

/** A user's project that a deployment tool works on, in the shared folder, which containers see at the same path. */
export class ClientProject implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<ClientProject> {
    await mkdir(sharedFolder(), { recursive: true });
    return new ClientProject(await mkdtemp(join(sharedFolder(), 'project-')));
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.path, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}
