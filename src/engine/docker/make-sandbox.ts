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

/** How long an init may take to report. A container starts in under a second; a machine may be very busy. */
const waitingLimitMs = 30_000;

const logTailBytes = 2_048;

/** What every sandbox of an engine is made with. */
export interface SandboxContext {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly engineAddress: string;
  readonly instance: string;
  readonly boot: string;
  /** Id of the data folder. */
  readonly folder: string;
  /** Holds a folder per sandbox, of this boot alone; as this process sees it. */
  readonly runFolder: string;
  /** Name of the network that sandboxes join; made with the first of them. */
  readonly network: () => Promise<string>;
  readonly transport: Transport;
  /** Takes over what inits hand over; absent where they relay. */
  readonly receiver?: Receiver;
  readonly cpus: number;
  readonly leftovers: Leftovers;
  /** Fills slots. */
  readonly copies: LinkedCopies;
  /** Path of the init's binary, as this process sees it. */
  readonly initBinary: string;
  /** Paths that an image declares as volumes. */
  volumesOf(image: string): readonly string[];
  /** A path of ours as the engine's host has it. */
  hostPath(path: string): string;
  /** Called once where memory cannot be watched. */
  memoryUnwatched(): void;
}

/**
 * Makes a container and starts it; resolves when its init waits. Whatever fails on the way, nothing is left.
 * `removed` is called when the sandbox is gone, not where it was never made.
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
  // Whatever our umask is: the init runs as another user.
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

/** They lie next to the run folder and not in it, as the function sees that one. */
async function makeSlots(runFolder: string, undo: (() => Promise<unknown>)[]): Promise<Slots> {
  const slots = { code: `${runFolder}.task`, layers: `${runFolder}.opt` };
  for (const slot of Object.values(slots)) {
    undo.push(() => removeFolder(slot));
    await mkdir(slot);
    await chmod(slot, 0o755);
  }
  return slots;
}

/** Settles when the engine has removed the container, which it does by itself when it ends. Never rejects. */
function endOf(container: Container): Promise<string> {
  return new Promise((resolve) => {
    container.wait({ condition: 'removed' }).then(
      ({ StatusCode }: { StatusCode: number }) => resolve(`the container ended with exit code ${StatusCode}`),
      (error: unknown) => {
        // Any other error says something about our connection to the engine, nothing about the container.
        if (hasStatus(error, 404)) resolve('the container was removed');
      },
    );
  });
}

interface Tail {
  /** What was printed last, as a sentence's continuation; empty where nothing was. */
  text(): string;
  close(): void;
}

/** Keeps the end of what the container itself prints: nothing, unless its init cannot begin. */
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
