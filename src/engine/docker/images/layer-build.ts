import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { EngineError, type LayerBuild } from '../../engine';
import type { ArchiveEntry } from './archive';
import { runOneOff } from './one-off';
import type { RuntimeRow } from './runtime-images';

/** Results of earlier builds; they are not copied. */
const leftovers = /(^|\/)(node_modules|__pycache__|\.git|\.venv)(\/|$)/;

/**
 * The folder's own modules go next to the packages, from `python/` too. Byte code is compiled here because `/opt` is
 * read-only later; without timestamps, so that copies stay valid. Files that do not compile are for other versions.
 */
const pythonScript = `set -e
mkdir -p /result/python
"$1" -m pip install --root-user-action=ignore --no-input --disable-pip-version-check --progress-bar off \\
  --no-cache-dir --no-compile --target /result/python --requirement requirements.txt
cp -R /source/. /result/python/
if [ -d python ]; then cp -R python/. /result/python/; fi
"$1" -m compileall -q -j 0 --invalidation-mode unchecked-hash /result/python || true
`;

const nodejsScript = `set -e
if [ -f package-lock.json ]; then verb=ci; else verb=install; fi
npm $verb $2 --no-audit --no-fund --no-update-notifier --loglevel=error
`;

const families = {
  python: {
    needed: 'requirements.txt',
    script: pythonScript,
    sources: 'source',
    certificates: 'PIP_CERT',
  },
  nodejs: {
    needed: 'package.json',
    script: nodejsScript,
    // npm installs next to package.json, which may refer to other files of the folder.
    sources: 'result/nodejs',
    certificates: 'npm_config_cafile',
  },
} as const;

export interface LayerBuildContext {
  readonly docker: Docker;
  /** An image with the runtime and its pip or npm. */
  readonly image: string;
  readonly row: RuntimeRow;
  readonly caFile?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Installs what the source folder asks for in the runtime's own image, and copies it to the target folder. */
export async function buildLayer(build: LayerBuild, context: LayerBuildContext): Promise<void> {
  const { row, caFile } = context;
  if (row.family === 'provided') {
    throw new EngineError(
      'build-failed',
      `The layer in ${build.sourceFolder} cannot be built: ${row.runtime} has no package manager. ` +
        'Build the layer yourself and name its folder.',
    );
  }
  const family = families[row.family];
  await access(path.join(build.sourceFolder, family.needed)).catch((error: unknown) => {
    throw new EngineError(
      'build-failed',
      `${build.sourceFolder} has no ${family.needed}, which packages for ${row.runtime} are installed from. Add one.`,
      { cause: error },
    );
  });
  const files: ArchiveEntry[] = [
    { path: 'result' },
    {
      path: family.sources,
      source: build.sourceFolder,
      includes: (each) => !leftovers.test(each.slice(family.sources.length)),
    },
    ...(caFile === undefined ? [] : [{ path: 'ca.pem', content: await readFile(caFile) }]),
  ];
  const job = {
    failure: `Installing for ${row.runtime} failed`,
    image: context.image,
    command: [
      '/bin/sh',
      '-c',
      `cd "$0" && ${family.script}`,
      `/${family.sources}`,
      `/var/lang/bin/python${row.version}`,
      build.development === true ? '--include=dev' : '--omit=dev',
    ],
    environment: caFile === undefined ? [] : [`${family.certificates}=/ca.pem`],
    labels: context.labels,
    files,
    // Installers print a line for each package. The last lines are in the error where they fail.
    onLine: () => undefined,
  };
  await runOneOff(context.docker, job, build.targetFolder);
}
