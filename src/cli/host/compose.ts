import { join } from 'node:path';
import type { ReportProgress } from '../../lib/progress';
import { Problem } from '../problem';
import { canInstall, installCompose } from './engine-install';
import { packageFolder } from './package-folder';
import { type Command, type Ran, run } from './run';

interface ComposeOptions {
  /** Receives each line of Compose's output. */
  readonly line?: (text: string) => void;
  /** Further variables of the file. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** One project of `docker-compose.yml`. The same file may run as several projects at once. */
export class Compose {
  readonly #command: Command;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #overrides: readonly string[];

  /**
   * @param environment values of the file's variables
   * @param overrides paths of files that add to it
   */
  constructor(
    command: Command,
    project: string,
    environment: Readonly<Record<string, string>>,
    overrides: readonly string[] = [],
  ) {
    this.#command = command;
    this.#overrides = overrides;
    this.#environment = { ...environment, COMPOSE_PROJECT_NAME: project };
  }

  /** Rejects with a `Problem` that has the last lines. */
  async run(words: readonly string[], options: ComposeOptions = {}): Promise<Ran> {
    const ran = await this.try(words, options);
    if (ran.code !== 0) throw new Problem(`${this.#command.join(' ')} ${words[0]} failed:\n${ran.tail}`);
    return ran;
  }

  try(words: readonly string[], { line, variables }: ComposeOptions = {}): Promise<Ran> {
    const files = [join(packageFolder, 'docker-compose.yml'), ...this.#overrides];
    const named = files.flatMap((file) => ['-f', file]);
    return run([...this.#command, ...named, '--project-directory', packageFolder, ...words], {
      environment: { ...this.#environment, ...variables },
      workingDirectory: packageFolder,
      ...(line ? { line } : {}),
    });
  }
}

/** Finds Compose as a plugin of `docker` or as a separate program; installs it if possible. */
export async function findCompose(report: ReportProgress): Promise<Command> {
  const found = await installedCompose();
  if (found) return found;
  if (await canInstall()) {
    report('Compose not found: installing it');
    await installCompose(report);
    const installed = await installedCompose();
    if (installed) return installed;
  }
  throw new Problem(
    'Compose is required, but neither "docker compose" nor "docker-compose" was found. Install it (https://docs.docker.com/compose/install/), or run lambdock without it: npx lambdock start',
  );
}

async function installedCompose(): Promise<Command | undefined> {
  const commands: readonly Command[] = [['docker', 'compose'], ['docker-compose']];
  for (const command of commands) {
    if ((await run([...command, 'version'])).code === 0) return command;
  }
  return undefined;
}
