import { access, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Docker from 'dockerode';
import { GenericContainer } from 'testcontainers';
import { Images } from '../../../src/engine/docker/images/images';
import { systemClock } from '../../../src/lib/clock';
import { sha256 } from '../../../src/lib/hash';
import { sharedFolder } from '../app/running-app';
import { functionsFolder } from '../functions/functions-folder';
import { runtimeImage } from './runtime-image';

const runtime = 'python3.13';

export const pythonProgram = `/var/lang/bin/${runtime}`;

/**
 * A container that idles, with the Python packages of a folder of `fixtures/functions/layers`, in the machine's network
 * and with the shared folder at its own path.
 */
export async function pythonContainer(
  layer: string,
  environment: Readonly<Record<string, string>>,
): Promise<GenericContainer> {
  // Before the image is looked for: building takes minutes, and others may replace the image meanwhile.
  const source = await builtLayer(layer);
  return new GenericContainer(await runtimeImage(runtime))
    .withEntrypoint(['/bin/sleep'])
    .withCommand(['infinity'])
    .withNetworkMode('host')
    .withEnvironment({ ...environment, PYTHONPATH: '/opt/python' })
    .withBindMounts([
      { source, target: '/opt', mode: 'ro' },
      { source: sharedFolder(), target: sharedFolder(), mode: 'rw' },
    ]);
}

/** Built once for what it requires, as layers of functions are. */
async function builtLayer(name: string): Promise<string> {
  const sourceFolder = functionsFolder(join('layers', name));
  const required = await readFile(join(sourceFolder, 'requirements.txt'), 'utf8');
  const targetFolder = join(sharedFolder(), `${name}-${sha256(required).slice(0, 12)}`);
  const finished = `${targetFolder}.finished`;
  const isBuilt = await access(finished).then(
    () => true,
    () => false,
  );
  if (isBuilt) return targetFolder;
  await mkdir(targetFolder, { recursive: true });
  const { NODE_EXTRA_CA_CERTS } = process.env;
  const images = new Images({
    clock: systemClock,
    docker: new Docker(),
    imagesFolder: resolve(__dirname, '../../../images'),
    dataFolder: sharedFolder(),
    bases: 'auto',
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    ...(NODE_EXTRA_CA_CERTS !== undefined && { caFile: NODE_EXTRA_CA_CERTS }),
  });
  await images.buildLayer({ runtime, sourceFolder, targetFolder }, () => undefined);
  await mkdir(finished);
  return targetFolder;
}
