import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { LastLines } from '../../../lib/text/last-lines';
import { LineSplitter } from '../../../lib/text/lines';
import { EngineError } from '../../engine';
import { type ArchiveEntry, packed, unpack } from './archive';

/** A command that runs as root in a temporary container. */
export interface OneOff {
  /** For messages, for example "The layer in layers/pillow could not be built". */
  readonly failure: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Files to copy into the container. Paths are relative to `/`. */
  readonly files: readonly ArchiveEntry[];
  readonly onLine: (line: string) => void;
}

/** Copies a file or folder out of a container into a local folder. */
export async function copyOut(container: Docker.Container, from: string, to: string): Promise<void> {
  await unpack(await container.getArchive({ path: from }), to);
}

/** Runs the job in the engine's default network, then copies the content of `/result` into `target`. */
export async function runOneOff(docker: Docker, job: OneOff, target: string): Promise<void> {
  const container = await docker.createContainer({
    Image: job.image,
    Entrypoint: [],
    Cmd: [...job.command],
    Env: [...job.environment],
    User: '0:0',
    WorkingDir: '/',
    Labels: { ...job.labels },
  });
  try {
    await container.putArchive(packed(job.files), { path: '/' });
    const last = new LastLines();
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    const lines = new LineSplitter();
    const reportLine = (line: string) => {
      last.push(line);
      job.onLine(line);
    };
    const output = new PassThrough();
    output.on('data', (bytes: Buffer) => lines.push(bytes).forEach(reportLine));
    container.modem.demuxStream(stream, output, output);
    await container.start();
    const { StatusCode: code }: { StatusCode: number } = await container.wait();
    lines.flush().forEach(reportLine);
    if (code !== 0) {
      throw new EngineError('build-failed', `${job.failure} (exit code ${code}). Last output:${last}`);
    }
    await copyOut(container, '/result/.', target);
  } finally {
    await container.remove({ force: true, v: true }).catch(() => undefined);
  }
}
