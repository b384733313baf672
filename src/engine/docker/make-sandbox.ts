import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import type { Clock } from '../../lib/clock';
import { linkOrCopy, removeFolder } from '../../lib/files';
import { EngineError, type SandboxSpec } from '../engine';
import { Gate } from '../init/gate';
import type { Receiver } from '../init/receiver';
import { containerOptions, labels } from './container-spec';
import { declaredVolumes } from './declared-volumes';
import { engineErrorOf, hasStatus, isAnswerError } from './docker-errors';
import { DockerSandbox, type Slots } from './docker-sandbox';
import type { Leftovers } from './leftovers';
import type { LinkedCopies } from './linked-copies';
import { removeContainer } from './remove-container';
import type { Transport } from './transport';

/** Limit of an init's first report. A container starts in under a second, but the machine may be very busy. */
const waitingLimitMs = 30_000;

const logTailBytes = 2_048;

/** Dependencies that all sandboxes of an engine share. */
export interface SandboxContext {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly engineAddress: string;
  readonly instance: string;
  readonly boot: string;
  /** Id of the data folder. */
  readonly folder: string;
  /** Contains a folder for each sandbox of this boot; a path of this process. */
  readonly runFolder: string;
  /** Name of the network that sandboxes join; made with the first of them. */
  readonly network: () => Promise<string>;
  readonly transport: Transport;
  /** Receives the descriptors that inits hand over; absent if inits relay. */
  readonly receiver?: Receiver;
  readonly cpus: number;
  readonly leftovers: Leftovers;
  /** Fills slots. */
  readonly copies: LinkedCopies;
  /** Path of the init's binary in this process. */
  readonly initBinary: string;
  /** Paths that an image declares as volumes. */
  volumesOf(image: string): readonly string[];
  /** The path on the engine's host for a path of this process. */
  hostPath(path: string): string;
  /** Called once if memory cannot be watched. */
  memoryUnwatched(): void;
}

/**
 * Creates and starts a container; resolves when its init waits. After a failure nothing is left.
 * `removed` is called when the sandbox has been removed, but not if it was never made.
 */
export async function makeSandbox(
  spec: SandboxSpec,
  context: SandboxContext,
  removed: () => void,
): Promise<DockerSandbox> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await make(spec, context, removed, undo);
  } catch (error) {
    for (const each of undo.reverse()) await each().catch(() => undefined);
    throw engineErrorOf(error, `make a sandbox of ${spec.image}`, context.engineAddress, 'sandbox-failed');
  }
}

async function make(
  spec: SandboxSpec,
  context: SandboxContext,
  removed: () => void,
  undo: (() => Promise<unknown>)[],
): Promise<DockerSandbox> {
  const { docker, clock, engineAddress, hostPath } = context;
  const beganAt = clock.elapsed();
  const runFolder = join(context.runFolder, spec.id);
  await mkdir(runFolder);
  undo.push(() => rm(runFolder, { recursive: true, force: true }));
  // Independent of the umask, since the init runs as another user.
  await chmod(runFolder, 0o755);
  await linkOrCopy(context.initBinary, join(runFolder, 'init'));

  const slots = spec.slots ? await makeSlots(runFolder, undo) : undefined;
  const { codeFolder = slots?.code, layersFolder = slots?.layers } = spec;

  const { transport } = context;
  const gate = await Gate.open(
    transport.transport === 'unix'
      ? { transport: 'unix', folder: runFolder, ...(context.receiver && { receiver: context.receiver }) }
      : transport,
    clock,
  );
  undo.push(() => gate.close());

  const { instance, boot, folder } = context;
  const volumes = declaredVolumes(context.volumesOf(spec.image), spec.image, { instance, boot });
  for (const { name } of volumes.readOnly) {
    await docker.createVolume({
      Name: name,
      Labels: { [labels.instance]: instance, [labels.boot]: boot, [labels.folder]: folder },
    });
  }
  const container = await createContainer(
    containerOptions(spec, {
      instance,
      boot,
      folder,
      initAddress: gate.address,
      runFolder: hostPath(runFolder),
      network: await context.network(),
      volumes,
      ...(codeFolder === undefined ? {} : { codeFolder: hostPath(codeFolder) }),
      ...(layersFolder === undefined ? {} : { layersFolder: hostPath(layersFolder) }),
    }),
    context,
  );
  undo.push(() => removeOrKeepTrack(container, context));

  const createdAt = clock.elapsed();
  const ended = endOf(container);
  const tail = await tailOf(docker, container);
  const endedEarly = ended.then((how) => {
    throw new EngineError('sandbox-failed', `The sandbox's init did not report: ${how}.${tail.text()}`);
  });
  const started = container.start().then(() => clock.elapsed());
  const reported = Promise.all([gate.waiting(waitingLimitMs), started]);
  const [connection, startedAt] = await Promise.race([reported, endedEarly]).finally(() => tail.close());

  const sandbox = new DockerSandbox({
    spec,
    container,
    gate,
    connection,
    runFolder,
    copies: context.copies,
    leftovers: context.leftovers,
    ...(slots && { slots }),
    ended,
    cpus: context.cpus,
    engineAddress,
    removed,
    making: {
      createMs: createdAt - beganAt,
      startMs: startedAt - createdAt,
      gateMs: clock.elapsed() - startedAt,
    },
  });
  if (connection.cgroupVersion === 0) context.memoryUnwatched();
  await sandbox.limitMemory(spec.memoryMiB);
  return sandbox;
}

async function createContainer(
  options: ReturnType<typeof containerOptions>,
  { docker, leftovers }: SandboxContext,
): Promise<Container> {
  try {
    return await docker.createContainer(options);
  } catch (error) {
    if (!isAnswerError(error) && options.name !== undefined) leftovers.add(options.name);
    throw error;
  }
}

async function removeOrKeepTrack(
  container: Container,
  { engineAddress, leftovers }: SandboxContext,
): Promise<void> {
  try {
    await removeContainer(container, engineAddress);
  } catch {
    leftovers.add(container.id);
  }
}

/** Slots are next to the run folder, not in it, since the function sees the run folder. */
async function makeSlots(runFolder: string, undo: (() => Promise<unknown>)[]): Promise<Slots> {
  const slots = { code: `${runFolder}.task`, layers: `${runFolder}.opt` };
  for (const slot of Object.values(slots)) {
    undo.push(() => removeFolder(slot));
    await mkdir(slot);
    await chmod(slot, 0o755);
  }
  return slots;
}

/** Resolves when the engine has removed the container, which it does automatically after its end. Never rejects. */
function endOf(container: Container): Promise<string> {
  return new Promise((resolve) => {
    container.wait({ condition: 'removed' }).then(
      ({ StatusCode }: { StatusCode: number }) => resolve(`the container ended with exit code ${StatusCode}`),
      (error: unknown) => {
        // Any other error is about the connection to the engine, not about the container.
        if (hasStatus(error, 404)) resolve('the container was removed');
      },
    );
  });
}

interface Tail {
  /** The last output, as the continuation of a sentence; empty without output. */
  text(): string;
  close(): void;
}

/** Keeps the end of the container's output. It has output only if its init cannot start. */
async function tailOf(docker: Docker, container: Container): Promise<Tail> {
  const stream = (await container.attach({ stream: true, stdout: true, stderr: true })) as Readable &
    NodeJS.ReadWriteStream;
  let printed = '';
  const keep = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed = (printed + chunk.toString()).slice(-logTailBytes);
      done();
    },
  });
  docker.modem.demuxStream(stream, keep, keep);
  stream.on('error', () => undefined);
  return {
    text: () => (printed.trim() === '' ? '' : ` It printed: ${printed.trim()}`),
    close: () => stream.destroy(),
  };
}
