import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';

export interface Ended {
  readonly code: number;
  readonly output: string;
}

interface Surroundings {
  /** `NAME=VALUE`. */
  readonly environment?: readonly string[];
  /** `SOURCE:TARGET:ro`. */
  readonly binds?: readonly string[];
}

export type InSandbox = (
  image: string,
  command: readonly string[],
  surroundings?: Surroundings,
) => Promise<Ended>;

/** Runs commands as functions are run: not as root, on a read-only root, without capabilities and network. */
export function inSandboxOf(docker: Docker, labels: Readonly<Record<string, string>>): InSandbox {
  return async (image, command, { environment = [], binds = [] } = {}) => {
    const container = await docker.createContainer({
      Image: image,
      Entrypoint: [...command],
      Cmd: [],
      User: '993:990',
      WorkingDir: '/var/task',
      Env: ['AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128', ...environment],
      Labels: { ...labels },
      NetworkDisabled: true,
      HostConfig: {
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Tmpfs: { '/tmp': '' },
        Binds: [...binds],
      },
    });
    try {
      const output = new PassThrough();
      let text = '';
      output.on('data', (bytes) => {
        text += bytes;
      });
      container.modem.demuxStream(
        await container.attach({ stream: true, stdout: true, stderr: true }),
        output,
        output,
      );
      await container.start();
      const { StatusCode } = await container.wait();
      return { code: StatusCode, output: text };
    } finally {
      await container.remove({ force: true });
    }
  };
}
