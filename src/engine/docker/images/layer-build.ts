import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { EngineError, type LayerBuild } from '../../engine';
import type { ArchiveEntry } from './archive';
import type { RuntimeRow } from './families/family-images';
import { runOneOff } from './one-off';

/** Output of earlier builds, which is not copied. */
const leftovers = /(^|\/)(node_modules|__pycache__|\.git|\.venv)(\/|$)/;

/**
 * Copies the folder's modules, and those in `python/`, next to the packages. Compiles byte code now, as `/opt` is
 * read-only later; it has no timestamps, so copies stay valid. Installs editable packages as copies: links would break.
 */
const pythonScript = `set -e
mkdir -p /result/python
cp -R /source /listed
cd /listed
find . -name '*.txt' -exec sed -i -E 's/^[[:space:]]*(-e|--editable)([[:space:]]+|=)//' {} +
"$1" -m pip install --root-user-action=ignore --no-input --disable-pip-version-check --progress-bar off \\
  --no-cache-dir --no-compile --target /result/python --requirement requirements.txt
cd /source
cp -R /source/. /result/python/
if [ -d python ]; then cp -R python/. /result/python/; fi
"$1" -m compileall -q -j 0 --invalidation-mode unchecked-hash /result/python || true
`;

/**
 * Runs only `postinstall` of the project's scripts: others may need development tools. npm refuses peer dependencies
 * that yarn and pnpm accept. Updates an outdated lock file, as `sam build` does.
 */
const nodejsScript = `set -e
node -e '
const { readFileSync, writeFileSync } = require("fs");
const manifest = JSON.parse(readFileSync("package.json", "utf8").replace(/^\\ufeff/, ""));
const { preinstall, prepublish, preprepare, prepare, postprepare, postinstall, ...scripts } = manifest.scripts ?? {};
if (postinstall) scripts["lambdock-postinstall"] = postinstall;
writeFileSync("package.json", JSON.stringify({ ...manifest, scripts }, null, 2));
'
if [ -f yarn.lock ] || [ -f pnpm-lock.yaml ]; then peers=--legacy-peer-deps; fi
npm install $2 $peers --no-audit --no-fund --no-update-notifier --loglevel=error
npm run --if-present --silent lambdock-postinstall || { code=$?; [ $code = 127 ] || exit $code; }
`;

/** Installs the packages of a runtime family. */
interface Installer {
  /** The file that lists the packages. */
  readonly needed: string;
  readonly script: string;
  /** Folder below `/` to which the source folder is copied. */
  readonly sources: string;
  /** The variable that names additional certificate authorities. */
  readonly certificates: string;
}

const installers: Partial<Record<RuntimeRow['family'], Installer>> = {
  python: {
    needed: 'requirements.txt',
    script: pythonScript,
    sources: 'source',
    certificates: 'PIP_CERT',
  },
  nodejs: {
    needed: 'package.json',
    script: nodejsScript,
    // npm installs next to package.json, which may reference other files in its folder.
    sources: 'result/nodejs',
    certificates: 'npm_config_cafile',
  },
};

export interface LayerBuildContext {
  readonly docker: Docker;
  /** An image with the runtime and its pip or npm. */
  readonly image: string;
  readonly row: RuntimeRow;
  readonly caFile?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Installs the source folder's packages in the runtime's image and copies the result to the target folder. */
export async function buildLayer(build: LayerBuild, context: LayerBuildContext): Promise<void> {
  const { row, caFile } = context;
  const family = installers[row.family];
  if (family === undefined) {
    throw new EngineError(
      'build-failed',
      `The layer in ${build.sourceFolder} cannot be built: lambdock installs no packages for ${row.runtime}. ` +
        'Build the layer yourself and name its folder.',
    );
  }
  await access(path.join(build.sourceFolder, family.needed)).catch((error: unknown) => {
    throw new EngineError(
      'build-failed',
      `The layer in ${build.sourceFolder} cannot be built: it has no ${family.needed}. Add one that lists the packages for ${row.runtime}.`,
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
    // Installers print a line per package. If they fail, the error has the last lines.
    onLine: () => undefined,
  };
  await runOneOff(context.docker, job, build.targetFolder);
}
