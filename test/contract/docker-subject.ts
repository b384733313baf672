import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Docker from 'dockerode';
import { Images } from '../../src/engine/docker/images/images';
import { type DockerEngineOptions, openDockerEngine } from '../../src/engine/docker/open-engine';
import { systemClock } from '../../src/lib/clock';
import type { Subject } from './engine-contract';
import { processOf } from './programs';

const code = readFileSync(join(__dirname, 'programs.py'), 'utf8');
const path = '/var/lang/bin:/usr/local/bin:/usr/bin:/bin';
/** Downloads are kept from run to run. */
const downloads = process.env.LAMBDOCK_TEST_DATA ?? join(tmpdir(), 'lambdock-test');
/** Behind a proxy with its own authority, builds have to know it. */
const caFile = process.env.NODE_EXTRA_CA_CERTS;

export interface DockerSubject extends Subject {
  /** A client of our own, to look at the engine from outside. */
  readonly docker: Docker;
  readonly dataFolder: string;
  readonly instance: string;
}

/**
 * The engine of this machine, under an instance name of its own. Sandboxes have no network, or
 * are in one that is made for them.
 */
export async function openDockerSubject({
  transport = 'auto' as DockerEngineOptions['transport'],
  ownNetwork = false,
} = {}): Promise<DockerSubject> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'lambdock-'));
  // A sandbox's user goes through it to the folders that are mounted.
  await chmod(dataFolder, 0o755);
  const instance = `test-${dataFolder.split('-').at(-1)}`;
  const docker = new Docker();
  const images = new Images({
    clock: systemClock,
    docker,
    imagesFolder: resolve(__dirname, '../../images'),
    dataFolder: downloads,
    bases: 'auto',
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    ...(caFile !== undefined && { caFile }),
  });
  const { image } = await images.runtimeImage('python3.13', () => undefined);
  const network = ownNetwork
    ? await docker.createNetwork({ Name: instance, CheckDuplicate: true })
    : undefined;
  return {
    docker,
    dataFolder,
    instance,
    image,
    folder: dataFolder,
    missing: ['/no/such/command'],
    open: (boot) =>
      openDockerEngine(
        {
          instance,
          boot,
          dataFolder,
          hostname: hostname(),
          clock: systemClock,
          transport,
          network: network === undefined ? 'none' : instance,
          platform: process.platform,
          report: () => undefined,
          warn: (sentence) => {
            throw new Error(sentence);
          },
        },
        () => images,
      ),
    process: (name, program, { environment, ...more } = {}) =>
      processOf(name, ['/usr/bin/env', 'python3', '-c', code, JSON.stringify(program)], {
        environment: { PATH: path, ...environment },
        ...more,
      }),
    async extensions(_engine, names) {
      const layersFolder = join(dataFolder, 'opt');
      const folder = join(layersFolder, 'extensions');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'README'), 'not executable, so no extension');
      for (const name of names) await writeFile(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
      return { layersFolder };
    },
    kill: (_engine, sandbox) => docker.getContainer(sandbox.engineId).kill(),
    async close() {
      const filters = { label: [`lambdock.instance=${instance}`] };
      const left = await docker.listContainers({ all: true, filters });
      await Promise.all(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
      await network?.remove();
      await rm(dataFolder, { recursive: true });
    },
  };
}
