import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { errnoOf } from '../../../lib/errno';
import type { ReportProgress } from '../../../lib/progress';
import { LastLines } from '../../../lib/text/last-lines';
import { EngineError, type ImageBuild } from '../../engine';
import { engineMessages } from '../engine-messages';
import { type ArchiveEntry, packed } from './archive';
import { authoritiesFile, withStandIns } from './aws-bases';
import { DockerIgnore } from './docker-ignore';
import type { RegistryCredentials } from './registry-credentials';
import { buildWithSecrets } from './secret-build';

/** Name in the archive of a Dockerfile outside the context. */
const foreignDockerfile = '.lambdock.Dockerfile';

/** The classic builder prints stderr in red. */
const colours = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

/** Syntax that only BuildKit supports. The classic builder is preferred, since BuildKit's API reports no steps. */
const needsBuildKit =
  /^# *syntax=|^\s*(?:RUN|COPY|ADD)\b.*(?:--(?:mount|link|chmod|exclude|parents|checksum|network|security)\b|<<-?["']?\w+)/im;

export interface StandIns {
  /** Resolves to the image that replaces a stage's base image, or to undefined. */
  standIn(reference: string): Promise<string | undefined>;
  /** PEM file of certificate authorities that stages on a replaced base trust. */
  readonly caFile?: string | undefined;
}

/** Builds a function's image with the engine's builder. */
export async function buildFunctionImage(
  docker: Docker,
  build: ImageBuild,
  report: ReportProgress,
  credentials: RegistryCredentials,
  { standIn, caFile }: StandIns,
): Promise<void> {
  const { image, context, dockerfile } = build;
  const text = await readFile(dockerfile, 'utf8').catch((error: unknown) => {
    throw new EngineError(
      'build-failed',
      `Cannot build the image ${image}: ${dockerfile} ${errnoOf(error) === 'ENOENT' ? 'does not exist' : 'is not readable'}. Name the Dockerfile in build.dockerfile, relative to the context.`,
      { cause: error },
    );
  });
  if (build.secrets !== undefined || build.ssh !== undefined) return buildWithSecrets(docker, build, report);
  const within = path.relative(context, dockerfile).replaceAll(path.sep, '/');
  const isWithin = !within.startsWith('../') && !path.isAbsolute(within);
  const entries = await contextEntries(context, await ignoreFile(context, dockerfile));
  const name = isWithin ? within : foreignDockerfile;
  const content = await withStandIns(text, build.arguments, standIn, caFile !== undefined);
  // The builder needs the Dockerfile even if .dockerignore excludes it.
  const index = entries.findIndex((entry) => entry.path === name);
  if (index < 0) entries.push({ path: name, content });
  else if (content !== text) entries[index] = { path: name, content };
  if (caFile !== undefined && content !== text) entries.push({ path: authoritiesFile, source: caFile });
  const isBuildKit = needsBuildKit.test(text);
  report(`building image ${image}`);
  const last = new LastLines();
  try {
    const stream = await docker.buildImage(packed(entries), {
      t: image,
      dockerfile: name,
      buildargs: build.arguments,
      labels: { 'lambdock.build': build.image },
      registryconfig: await credentials.all(),
      rm: true,
      forcerm: true,
      ...(build.target !== undefined && { target: build.target }),
      ...(build.platform !== undefined && { platform: build.platform }),
      ...(isBuildKit && { version: '2' as const }),
    });
    for await (const { stream: output, error } of engineMessages(stream)) {
      for (const line of output?.replace(colours, '').split('\n') ?? []) last.push(line);
      const step = /^Step (\d+)\/(\d+) : (.{1,60})/.exec(output ?? '');
      if (step) report(`step ${step[1]} of ${step[2]}: ${step[3]}`, (Number(step[1]) - 1) / Number(step[2]));
      if (error !== undefined) throw new Error(error);
    }
  } catch (error) {
    const why =
      error instanceof Error ? error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim() : String(error);
    throw new EngineError(
      'build-failed',
      `Cannot build the image ${image}: ${why}.${last.toString() && ` Last output:${last}`}`,
      {
        cause: error,
      },
    );
  }
}

/** Like BuildKit, prefers a Dockerfile's own ignore file to that of the context. */
async function ignoreFile(context: string, dockerfile: string): Promise<DockerIgnore> {
  for (const file of [`${dockerfile}.dockerignore`, path.join(context, '.dockerignore')]) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return new DockerIgnore(text);
  }
  return new DockerIgnore('');
}

async function contextEntries(context: string, ignore: DockerIgnore): Promise<ArchiveEntry[]> {
  const found: ArchiveEntry[] = [];
  const walk = async (folder: string): Promise<void> => {
    const children = await readdir(path.join(context, folder), { withFileTypes: true });
    for (const child of children.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const place = path.posix.join(folder, child.name);
      // The context may contain lambdock's own data.
      if (child.name === '.lambdock') continue;
      const isExcluded = ignore.excludes(place);
      if (child.isDirectory()) {
        if (!isExcluded) found.push({ path: place });
        if (!isExcluded || ignore.hasExceptions) await walk(place);
      } else if (!isExcluded) {
        found.push({ path: place, source: path.join(context, place) });
      }
    }
  };
  await walk('');
  return found;
}
